using System.Net;
using System.Net.Http.Json;
using DataProcessor.Silo.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace DataProcessor.Cluster;

public sealed class ConfigurationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void The_command_line_prevails_over_the_environment_and_that_over_the_defaults()
    {
        var environment = new Dictionary<string, string> { ["STREAM_NAME"] = "from-environment", ["APPLICATION_NAME"] = "FromEnvironment" };
        var options = DataProcessorConfiguration.Read(["--stream-name", "from-command-line", "--gateway-port=9000"], environment);

        Assert.Equal("from-command-line", options.StreamName);
        Assert.Equal("FromEnvironment", options.ApplicationName);
        Assert.Equal(9000, options.GatewayPort);
        Assert.Equal(8081, options.AdminPort);
    }

    [Fact]
    public void All_mistakes_are_reported_at_once()
    {
        string[] mistaken = ["--stream-name", "a/b", "--shard-count", "0", "--gateway-port", "65536"];
        var error = Assert.Throws<OptionsValidationException>(
            () => DataProcessorConfiguration.Read(mistaken, new Dictionary<string, string>()));

        Assert.Equal(3, error.Failures.Count());
    }

    [Theory]
    [InlineData("--gatway-port=1", "--gatway-port")]
    [InlineData("--Raeder:MinPollInterval=00:00:01", "--Raeder:MinPollInterval")]
    [InlineData("gateway-port=1", "gateway-port")]
    [InlineData("--gateway-port=abc", "GatewayPort")]
    [InlineData("--gateway-port=99999", "GatewayPort")]
    [InlineData("--data-folder=", "DataFolder")]
    [InlineData("--Producer:RateLimit=101", "RateLimit")]
    [InlineData("--Producer:RateLimits=50", "RateLimits")]
    [InlineData("--Producer:RateLimit=many", "RateLimit")]
    [InlineData("--Reader:CheckpointIntervall=00:00:01", "CheckpointIntervall")]
    [InlineData("--Reader:InitialPosition=AtTimestamp", "InitialTimestamp")]
    [InlineData("--Reader:Takeover=Sometimes", "Takeover")]
    [InlineData("--Reader:ForeignOwnerTimeout=00:00:01", "ForeignOwnerTimeout")]
    [InlineData("--storage=postgres", "Storage")]
    [InlineData("--dynamodb-endpoint=http://127.0.0.1:8000", "--storage dynamodb")]
    [InlineData("--Gateway:MaxRecords=0", "MaxRecords")]
    [InlineData("--Gateway:MaxRecordz=5", "MaxRecordz")]
    [InlineData("--Kinesis:RetentionHours=0", "RetentionHours")]
    [InlineData("--Kinesis:EnforceLimit=false", "EnforceLimit")]
    public async Task A_wrong_setting_stops_the_start_and_is_named(string argument, string name)
    {
        var folder = Directory.CreateTempSubdirectory("data-processor-");
        try
        {
            var refused = await Assert.ThrowsAsync<OptionsValidationException>(
                () => RunningProcess.StartAsync(folder.FullName, Cancel, argument));

            Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_parts_take_their_settings_from_their_sections()
    {
        var folder = Directory.CreateTempSubdirectory("data-processor-");
        try
        {
            await using var process = await RunningProcess.StartAsync(
                folder.FullName, Cancel, "--Producer:RateLimit=50", "--Kinesis:EnforceLimits=false", "--Kinesis:Streams:second=1");

            Assert.Equal(50, process.Option<Grains.Producing.ProducerOptions>().RateLimit);
            using var second = await process.Gateway.PostAsJsonAsync("/streams/second/records", new { data = "x" }, Cancel);
            Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_silo_that_joins_takes_free_ports_and_the_first_ones_Kinesis()
    {
        var options = Read("--join", "--data-folder", "shared", "--admin-port", "9001");

        Assert.Equal("127.0.0.1:11111", options.FirstSilo!.ToString());
        Assert.Equal((0, 9001, 0, 0), (options.GatewayPort, options.AdminPort, options.SiloPort, options.OrleansGatewayPort));
        Assert.Equal(new Uri("http://127.0.0.1:4567"), options.KinesisEndpoint);
        Assert.False(options.RunsKinesis);
        Assert.Equal("127.0.0.1:22222", Read("--data-folder", "shared", "--join", "127.0.0.1:22222").Join);
        Assert.Null(Read().FirstSilo);
    }

    [Fact]
    public void Leases_live_in_SQLite_unless_told_otherwise()
    {
        var options = Read("--storage", "dynamodb", "--dynamodb-endpoint", "http://127.0.0.1:8000");

        Assert.Equal((StorageKind.DynamoDb, new("http://127.0.0.1:8000")), (options.Storage, options.DynamodbEndpoint));
        Assert.Equal((StorageKind.Sqlite, null), (Read().Storage, Read().DynamodbEndpoint));
        Assert.Contains(
            "DynamodbEndpoint",
            Assert.Throws<OptionsValidationException>(() => Read("--storage=dynamodb", "--dynamodb-endpoint=localhost:8000")).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1:11111")]
    [InlineData("first:11111")]
    public void Only_a_silo_of_this_machine_can_be_joined(string first) =>
        Assert.Contains(first, Assert.Throws<OptionsValidationException>(() => Read("--join", first)).Message, StringComparison.Ordinal);

    private static DataProcessorOptions Read(params string[] args) =>
        DataProcessorConfiguration.Read(DataProcessorConfiguration.Complete(args), new Dictionary<string, string>());
}
