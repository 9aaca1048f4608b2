using System.Collections;
using Microsoft.Extensions.Options;

namespace DataProcessor.Silo.Hosting;

/// <summary>
/// Reads <see cref="DataProcessorOptions"/>: the property <c>GatewayPort</c> is <c>--gateway-port</c> on the command
/// line, which prevails, and <c>GATEWAY_PORT</c> in the environment.
/// </summary>
internal static class DataProcessorConfiguration
{
    /// <summary>Sections of the parts' own options, <c>--Reader:MinPollInterval</c>.</summary>
    private static readonly string[] Sections = ["Gateway", "Producer", "Reader", "Kinesis", "Logging"];

    private static readonly string[] Names = [.. typeof(DataProcessorOptions).GetProperties().Where(p => p.CanWrite).Select(p => p.Name)];

    public static DataProcessorOptions Read(string[] args, IDictionary environment)
    {
        RejectUnknownSwitches(args);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(Names.Select(name => KeyValuePair.Create(name, environment[Environmental(name)] as string)).Where(pair => !string.IsNullOrEmpty(pair.Value)))
            .AddCommandLine(args, Names.ToDictionary(Switch))
            .Build();
        var options = Bind(configuration, new DataProcessorOptions(), refusesOthers: false);
        var result = new DataProcessorOptionsValidator().Validate(null, options);
        if (result.Failed)
        {
            throw new OptionsValidationException("", typeof(DataProcessorOptions), result.Failures);
        }

        options.DataFolder = Path.GetFullPath(options.DataFolder);
        return options;
    }

    /// <summary>Sets the options that the section names.</summary>
    /// <exception cref="OptionsValidationException">It names one that there is not, or a value of the wrong kind.</exception>
    public static T Bind<T>(IConfiguration section, T options, bool refusesOthers = true)
        where T : class
    {
        try
        {
            section.Bind(options, binder => binder.ErrorOnUnknownConfiguration = refusesOthers);
            return options;
        }
        catch (InvalidOperationException e)
        {
            throw new OptionsValidationException("", typeof(T), [e.InnerException is null ? e.Message : $"{e.Message} {e.InnerException.Message}"]);
        }
    }

    /// <summary>A misspelt switch would otherwise leave the default in force without a word. A section checks its own names.</summary>
    private static void RejectUnknownSwitches(string[] args)
    {
        var unknown = args
            .Where(arg => arg.StartsWith("--", StringComparison.Ordinal))
            .Select(arg => arg.Split('=')[0])
            .Where(name => name.Split(':') is [var section, _, ..]
                ? !Sections.Contains(section[2..], StringComparer.OrdinalIgnoreCase)
                : !Names.Any(known => Switch(known).Equals(name, StringComparison.OrdinalIgnoreCase)))
            .ToArray();
        if (unknown.Length > 0)
        {
            throw new OptionsValidationException("", typeof(DataProcessorOptions),
                [$"Unknown: {string.Join(' ', unknown)}. Known: {string.Join(' ', [.. Names.Select(Switch), .. Sections.Select(section => $"--{section}:…")])}."]);
        }
    }

    private static string Switch(string name) => "--" + Words(name, '-').ToLowerInvariant();

    private static string Environmental(string name) => Words(name, '_').ToUpperInvariant();

    private static string Words(string name, char separator) =>
        string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) ? $"{separator}{c}" : $"{c}"));
}
