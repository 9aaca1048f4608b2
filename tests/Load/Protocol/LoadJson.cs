using System.Text.Json.Serialization;

namespace DataProcessor.Load.Protocol;

/// <summary>What the processes say to each other, a line each.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LoadPlan))]
[JsonSerializable(typeof(LoadPhase))]
[JsonSerializable(typeof(PhaseResult))]
[JsonSerializable(typeof(GeneratorReady))]
[JsonSerializable(typeof(HostReport))]
internal sealed partial class LoadJson : JsonSerializerContext;
