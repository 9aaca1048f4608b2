using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace DataProcessor.Silo.Hosting;

/// <summary>Prints, once everything listens, the addresses and what to try: for people, and for tests that took free ports.</summary>
internal sealed class StartMessage(
    IHostApplicationLifetime lifetime,
    IOptions<DataProcessorOptions> options,
    IServiceProvider services) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Print);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Print()
    {
        var process = options.Value;
        var kinesis = services.GetService<EmbeddedKinesis>()?.Endpoint ?? process.KinesisEndpoint;
        var lines = process.Role == Role.Kinesis
            ? [Line("kinesis", kinesis, "embedded; any AWS SDK or CLI with this endpoint"), Line("data", process.DataFolder, "")]
            : WholeProcess(process, kinesis);
        Console.WriteLine(string.Join(Environment.NewLine, lines));
    }

    private string[] WholeProcess(DataProcessorOptions process, Uri? kinesis)
    {
        // Kestrel lists the addresses in the order of its Listen calls: gateway, admin.
        var addresses = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        return
        [
            $"Stream {process.StreamName}, application {process.ApplicationName}",
            Line("gateway", addresses[0], "POST / or /streams/{stream}/records; PutRecord(s) of any AWS SDK"),
            Line("admin", addresses[1], $"/streams/{process.StreamName}  /dashboard  /health"),
            Line("kinesis", kinesis, process.RunsKinesis ? "embedded; any AWS SDK or CLI with this endpoint" : "external"),
            Line("silo", $"127.0.0.1:{process.SiloPort}", process.Join is null ? "another joins with --join" : $"joined {process.Join}"),
            Line("leases", process.Storage == StorageKind.Sqlite ? process.StateFile : $"DynamoDB table {process.ApplicationName}", Endpoint(process)),
            Line("data", process.DataFolder, ""),
            "Try:",
            $"  curl --request POST '{addresses[0]}' --header 'Content-Type: application/json' --data-raw '{{\"data\":\" This is a testing record\"}}'",
            $"  curl {addresses[1]}/streams/{process.StreamName}",
        ];
    }

    private static string Endpoint(DataProcessorOptions process) =>
        process.Storage == StorageKind.Sqlite ? "" : $"at {process.DynamodbEndpoint?.ToString() ?? process.Region}";

    private static string Line(string name, object? value, string note) => $"  {name,-8} {value}  {note}".TrimEnd();
}
