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

    /// <summary>What a process that joins has in place of the defaults: the first one's Kinesis, and ports beside the first one's.</summary>
    private static readonly Dictionary<string, string?> JoiningDefaults = new()
    {
        [nameof(DataProcessorOptions.KinesisEndpoint)] = "http://127.0.0.1:4567",
        [nameof(DataProcessorOptions.GatewayPort)] = "0",
        [nameof(DataProcessorOptions.AdminPort)] = "0",
        [nameof(DataProcessorOptions.SiloPort)] = "0",
        [nameof(DataProcessorOptions.OrleansGatewayPort)] = "0",
    };

    /// <summary>Gives <c>--join</c> its value when it stands alone: other switches always have one.</summary>
    public static string[] Complete(string[] args) =>
    [
        .. args.Select((arg, i) => arg.Equals("--join", StringComparison.OrdinalIgnoreCase) && !HasValue(args, i)
            ? $"{arg}=127.0.0.1:{DataProcessorOptions.DefaultSiloPort}"
            : arg),
    ];

    /// <param name="args">As <see cref="Complete"/> returns them.</param>
    /// <param name="environment">Of the process.</param>
    /// <exception cref="OptionsValidationException">A setting is wrong; names all that are.</exception>
    public static DataProcessorOptions Read(string[] args, IDictionary environment)
    {
        RejectUnknownSwitches(args);
        var configuration = Configure(args, environment, []);
        if (configuration[nameof(DataProcessorOptions.Join)] is not null)
        {
            configuration = Configure(args, environment, JoiningDefaults);
        }

        var options = Bind(configuration, new DataProcessorOptions(), refusesOthers: false);
        var result = new DataProcessorOptionsValidator().Validate(null, options);
        if (result.Failed)
        {
            throw new OptionsValidationException("", typeof(DataProcessorOptions), result.Failures);
        }

        options.DataFolder = Path.GetFullPath(options.DataFolder);
        return options;
    }

    private static bool HasValue(string[] args, int index) =>
        index + 1 < args.Length && !IsSwitch(args[index + 1]);

    private static IConfigurationRoot Configure(string[] args, IDictionary environment, Dictionary<string, string?> defaults) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(defaults)
            .AddInMemoryCollection(Names.Select(name => KeyValuePair.Create(name, environment[Environmental(name)] as string)).Where(pair => !string.IsNullOrEmpty(pair.Value)))
            .AddCommandLine(args, Names.ToDictionary(Switch))
            .Build();

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
            .Where((arg, i) => i == 0 || IsSwitch(arg) || !IsSwitch(args[i - 1]) || args[i - 1].Contains('=', StringComparison.Ordinal))
            .Select(arg => arg.Split('=')[0])
            .Where(name => !IsSwitch(name) || (name.Split(':') is [var section, _, ..]
                ? !Sections.Contains(section[2..], StringComparer.OrdinalIgnoreCase)
                : !Names.Any(known => Switch(known).Equals(name, StringComparison.OrdinalIgnoreCase))))
            .ToArray();
        if (unknown.Length > 0)
        {
            throw new OptionsValidationException("", typeof(DataProcessorOptions),
                [$"Unknown: {string.Join(' ', unknown)}. Known: {string.Join(' ', [.. Names.Select(Switch), .. Sections.Select(section => $"--{section}:…")])}."]);
        }
    }

    private static bool IsSwitch(string arg) => arg.StartsWith("--", StringComparison.Ordinal);

    private static string Switch(string name) => "--" + Words(name, '-').ToLowerInvariant();

    private static string Environmental(string name) => Words(name, '_').ToUpperInvariant();

    private static string Words(string name, char separator) =>
        string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) ? $"{separator}{c}" : $"{c}"));
}
