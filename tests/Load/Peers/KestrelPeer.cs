using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace DataProcessor.Load.Peers;

/// <summary>
/// What a gateway can do at the most: Kestrel and one delegate, no routing, no middleware, HTTP/1.1. It parses the JSON
/// that ours parses and answers as many bytes, but nothing is put anywhere.
/// </summary>
internal static class KestrelPeer
{
    public static async Task RunAsync(PeerOptions options, PeerRun run)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, options.Port, listen => listen.Protocols = HttpProtocols.Http1));
        await using var app = builder.Build();
        app.Run(new BareGateway(run).AnswerAsync);
        await app.StartAsync(CancellationToken.None);
        await run.ReportReadyAsync(app.Urls.First());

        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = run.End.Register(ended.SetResult);
        await ended.Task;
        await app.StopAsync(CancellationToken.None);
    }
}
