using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace DataProcessor.Silo.Hosting;

/// <summary>What this process is and where it listens. Command line <c>--name value</c> or environment.</summary>
public sealed class DataProcessorOptions : IValidatableObject
{
    /// <summary>Where the first silo of this machine listens, unless told otherwise.</summary>
    public const int DefaultSiloPort = 11111;

    /// <summary>What runs in this process. Default <c>all</c>.</summary>
    public Role Role { get; set; } = Role.All;

    /// <summary>
    /// Address and silo port of the first silo on this machine, e.g. <c>127.0.0.1:11111</c>, which is also what
    /// <c>--join</c> alone means: this process joins it. It then takes free ports, the Kinesis at
    /// <c>http://127.0.0.1:4567</c> and the same data folder, unless the options say otherwise. Default: none, this
    /// process is the first.
    /// </summary>
    public string? Join { get; set; }

    /// <summary>The stream that <c>POST /</c> writes to and the application reads. Also STREAM_NAME.</summary>
    [Required, RegularExpression("^[a-zA-Z0-9_.-]{1,128}$", ErrorMessage = "1-128 of a-z A-Z 0-9 _ . -")]
    public string StreamName { get; set; } = "data-processing-stream";

    /// <summary>Name of the consuming application, and of its lease table. Also APPLICATION_NAME.</summary>
    [Required, RegularExpression("^[a-zA-Z0-9_.-]{3,255}$", ErrorMessage = "3-255 of a-z A-Z 0-9 _ . -")]
    public string ApplicationName { get; set; } = "DataProcessorConsumer";

    /// <summary>AWS region. Also REGION.</summary>
    [Required]
    public string Region { get; set; } = "us-east-1";

    /// <summary>
    /// A Kinesis endpoint to use in place of the embedded one, e.g. <c>http://127.0.0.1:4567</c>. Default: none, the
    /// embedded Kinesis runs in this process.
    /// </summary>
    public Uri? KinesisEndpoint { get; set; }

    /// <summary>Where the embedded Kinesis and the checkpoints live. Default <c>.data</c> in the current folder.</summary>
    [Required]
    public string DataFolder { get; set; } = ".data";

    /// <summary>Where leases and checkpoints live. Default <c>sqlite</c>, a file in the data folder.</summary>
    public StorageKind Storage { get; set; } = StorageKind.Sqlite;

    /// <summary>
    /// A DynamoDB endpoint to use in place of AWS', e.g. <c>http://127.0.0.1:8000</c> for DynamoDB Local. Default: none, the
    /// region's own.
    /// </summary>
    public Uri? DynamodbEndpoint { get; set; }

    /// <summary>Shards of the stream when the embedded Kinesis makes it. Default 5, as the sample.</summary>
    [Range(1, 1000)]
    public int ShardCount { get; set; } = 5;

    /// <summary>HTTP gateway. 0 takes a free port. Default 8080.</summary>
    [Range(0, 65535)]
    public int GatewayPort { get; set; } = 8080;

    /// <summary>Admin interface and Orleans dashboard, 127.0.0.1 only. 0 takes a free port. Default 8081.</summary>
    [Range(0, 65535)]
    public int AdminPort { get; set; } = 8081;

    /// <summary>Embedded Kinesis. 0 takes a free port. Default 4567.</summary>
    [Range(0, 65535)]
    public int KinesisPort { get; set; } = 4567;

    /// <summary>Orleans between silos. 0 takes a free port. Default 11111.</summary>
    [Range(0, 65535)]
    public int SiloPort { get; set; } = DefaultSiloPort;

    /// <summary>Orleans for clients. 0 takes a free port. Default 30000.</summary>
    [Range(0, 65535)]
    public int OrleansGatewayPort { get; set; } = 30000;

    /// <summary>Whether this process runs the embedded Kinesis.</summary>
    public bool RunsKinesis => KinesisEndpoint is null || Role == Role.Kinesis;

    /// <summary>The silo to join; null if this process is the first.</summary>
    public IPEndPoint? FirstSilo => Join is null ? null : IPEndPoint.Parse(Join);

    /// <summary>SQLite file of leases and checkpoints, shared by all silos of this machine.</summary>
    public string StateFile => Path.Combine(DataFolder, "state.db");

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Join is not null && !(IPEndPoint.TryParse(Join, out var first) && IPAddress.IsLoopback(first.Address) && first.Port > 0))
        {
            yield return new($"{nameof(Join)}: '{Join}' is not 127.0.0.1 and a port, as 127.0.0.1:{DefaultSiloPort}.");
        }

        if (DynamodbEndpoint is not null && Storage != StorageKind.DynamoDb)
        {
            yield return new($"{nameof(DynamodbEndpoint)} is set, and {nameof(Storage)} is {Storage}: --storage dynamodb uses it.");
        }

        if (DynamodbEndpoint is not null && !(DynamodbEndpoint.IsAbsoluteUri && DynamodbEndpoint.Scheme is "http" or "https"))
        {
            yield return new($"{nameof(DynamodbEndpoint)}: '{DynamodbEndpoint}' is not an address as http://127.0.0.1:8000.");
        }

        if (Join is not null && Role == Role.Kinesis)
        {
            yield return new($"{nameof(Join)}: the role Kinesis runs no silo that could join.");
        }
    }
}

/// <summary>What a process runs.</summary>
public enum Role
{
    /// <summary>Silo, gateway and admin, and the embedded Kinesis unless <see cref="DataProcessorOptions.KinesisEndpoint"/> names another.</summary>
    All,

    /// <summary>The embedded Kinesis alone.</summary>
    Kinesis,
}

/// <summary>The stores of leases and checkpoints.</summary>
public enum StorageKind
{
    /// <summary><see cref="DataProcessorOptions.StateFile"/>.</summary>
    Sqlite,

    /// <summary>A table of the application's name, as KCL's.</summary>
    DynamoDb,
}

[OptionsValidator]
internal sealed partial class DataProcessorOptionsValidator : IValidateOptions<DataProcessorOptions>;
