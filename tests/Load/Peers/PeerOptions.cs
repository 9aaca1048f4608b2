using System.Globalization;
using System.Numerics;

namespace DataProcessor.Load.Peers;

/// <summary>The options of all peers; each peer reads those that concern it.</summary>
internal sealed record PeerOptions
{
    /// <summary><c>--endpoint</c>: the Kinesis to talk to.</summary>
    public Uri Endpoint { get; private init; } = new("http://127.0.0.1:4567");

    /// <summary><c>--stream</c>.</summary>
    public string Stream { get; private init; } = "data-processing-stream";

    /// <summary><c>--seconds</c> after being ready; null runs until it is stopped.</summary>
    public TimeSpan? Duration { get; private init; }

    /// <summary><c>--records</c>: ends once so many user records are through; null has no such end.</summary>
    public long? Records { get; private init; }

    /// <summary><c>--port</c> to listen on; 0 takes a free one.</summary>
    public int Port { get; private init; }

    /// <summary><c>--from</c>: TRIM_HORIZON or LATEST, where a reader starts.</summary>
    public string From { get; private init; } = "TRIM_HORIZON";

    /// <summary><c>--record-size</c>: bytes of a record's data.</summary>
    public int RecordSize { get; private init; } = 200;

    /// <summary><c>--keys</c>: number of partition keys.</summary>
    public int Keys { get; private init; } = 10_000;

    /// <summary><c>--batch</c>: records of a PutRecords call.</summary>
    public int Batch { get; private init; } = 500;

    /// <summary><c>--calls</c> in flight, at the most.</summary>
    public int Calls { get; private init; } = 8;

    /// <summary><c>--rate</c>: records a second; null goes as fast as it can.</summary>
    public double? Rate { get; private init; }

    /// <summary><c>--aggregate-bytes</c>: an aggregate is closed when it has reached them. KPL's default.</summary>
    public int AggregateBytes { get; private init; } = 51_200;

    /// <summary><c>--dynamodb</c>: where a consumer keeps its checkpoints; null starts one.</summary>
    public Uri? DynamoDb { get; private init; }

    /// <exception cref="PeerUsageException">An option is unknown, has no value, or one out of its range.</exception>
    public static PeerOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new PeerOptions();
        for (var i = 0; i < args.Length; i += 2)
        {
            options = options.With(args[i], i + 1 < args.Length ? args[i + 1] : throw new PeerUsageException($"{args[i]} needs a value."));
        }

        return options;
    }

    private PeerOptions With(string name, string value) => name switch
    {
        "--endpoint" => this with { Endpoint = Address(name, value) },
        "--stream" => this with { Stream = value },
        "--seconds" => this with { Duration = TimeSpan.FromSeconds(Number<double>(name, value, 0.001, 86_400)) },
        "--records" => this with { Records = Number(name, value, 1, long.MaxValue) },
        "--port" => this with { Port = Number(name, value, 0, ushort.MaxValue) },
        "--from" => this with { From = value is "TRIM_HORIZON" or "LATEST" ? value : throw Wrong(name, value, "TRIM_HORIZON or LATEST") },
        "--record-size" => this with { RecordSize = Number(name, value, 1, 1024 * 1024) },
        "--keys" => this with { Keys = Number(name, value, 1, 1_000_000) },
        "--batch" => this with { Batch = Number(name, value, 1, 500) },
        "--calls" => this with { Calls = Number(name, value, 1, 1024) },
        "--rate" => this with { Rate = Number(name, value, 0.001, 1e9) },
        "--aggregate-bytes" => this with { AggregateBytes = Number(name, value, 1, 1_000_000) },
        "--dynamodb" => this with { DynamoDb = Address(name, value) },
        _ => throw new PeerUsageException($"There is no option '{name}'."),
    };

    private static T Number<T>(string name, string value, T least, T most)
        where T : struct, INumber<T> =>
        T.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Wrong(name, value, $"a number from {least} to {most}");

    private static Uri Address(string name, string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var address) ? address : throw Wrong(name, value, "an address like http://127.0.0.1:4567");

    private static PeerUsageException Wrong(string name, string value, string expected) =>
        new($"{name} is '{value}'; it must be {expected}.");
}
