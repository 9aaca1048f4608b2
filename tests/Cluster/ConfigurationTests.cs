using DataProcessor.Silo.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace DataProcessor.Cluster;

public sealed class ConfigurationTests
{
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
        var error = Assert.Throws<OptionsValidationException>(
            () => Read("--stream-name", "a/b", "--shard-count", "0", "--gateway-port", "65536"));

        Assert.Equal(3, error.Failures.Count());
    }

    [Theory]
    [InlineData("--gateway-prot", "8080")]
    [InlineData("--gateway-port", "x")]
    [InlineData("--role", "nobody")]
    public void A_misspelt_switch_or_value_is_named(string name, string value) =>
        Assert.Contains(
            value == "8080" ? name : value,
            Assert.Throws<OptionsValidationException>(() => Read(name, value)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Sections_pass() => Assert.Equal(8080, Read("--Reader:CheckpointInterval=00:00:01").GatewayPort);

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

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1:11111")]
    [InlineData("first:11111")]
    public void Only_a_silo_of_this_machine_can_be_joined(string first) =>
        Assert.Contains(first, Assert.Throws<OptionsValidationException>(() => Read("--join", first)).Message, StringComparison.Ordinal);

    private static DataProcessorOptions Read(params string[] args) =>
        DataProcessorConfiguration.Read(DataProcessorConfiguration.Complete(args), new Dictionary<string, string>());
}
