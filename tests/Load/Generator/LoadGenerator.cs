using System.Diagnostics;
using System.Net.Sockets;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Generator;

/// <summary>Open connections, and what is sent over them.</summary>
internal sealed class LoadGenerator : IDisposable
{
    private readonly Worker[] _workers;

    private LoadGenerator(Worker[] workers) => _workers = workers;

    public double RecordsPerRequest => _workers[0].Requests.RecordsPerRequest;

    public static async Task<LoadGenerator> ConnectAsync(LoadPlan plan, CancellationToken cancellationToken)
    {
        var numbers = new RecordNumbers();
        var stream = plan.Put is { } put ? await TargetStream.DescribeAsync(plan.Targets[0], put.Stream, cancellationToken) : null;
        var workers = new Worker[plan.Connections];
        for (var i = 0; i < workers.Length; i++)
        {
            var target = plan.Targets[i % plan.Targets.Length];
            Requests requests = plan switch
            {
                { Post: { } shape, Put: null } => new PostRequests(shape, target.Authority, numbers, i, workers.Length),
                { Put: { } shape, Post: null } => new PutRequests(shape, stream!, target.Authority, i),
                _ => throw new ArgumentException("A plan has either posts or puts."),
            };
            workers[i] = new(new(target), requests);
            await workers[i].Connection.ConnectAsync();
        }

        return new(workers);
    }

    /// <summary>Sends for as long as the phase lasts, and waits for the answers.</summary>
    public async Task<PhaseResult> RunAsync(LoadPhase phase, Random random)
    {
        var meter = new PhaseMeter();
        Arrivals arrivals = phase.RequestsPerSecond is null ? new ClosedLoop(TimeSpan.FromSeconds(phase.Seconds)) : new OpenLoop(phase, random);
        await Task.WhenAll(_workers.Select(worker => worker.RunAsync(arrivals, meter)));
        return meter.Conclude();
    }

    public void Dispose()
    {
        foreach (var worker in _workers)
        {
            worker.Connection.Dispose();
            (worker.Requests as IDisposable)?.Dispose();
        }
    }

    private sealed record Worker(Connection Connection, Requests Requests)
    {
        public async Task RunAsync(Arrivals arrivals, PhaseMeter meter)
        {
            while (await arrivals.NextAsync() is { } dueAt)
            {
                var request = Requests.Next(dueAt);
                var sentAt = Stopwatch.GetTimestamp();
                try
                {
                    meter.OnAnswer(dueAt, sentAt, request, await Connection.ExchangeAsync(request.Bytes));
                }
                catch (Exception e) when (e is SocketException or IOException)
                {
                    // Not sent again: whether it was taken is not known.
                    meter.OnUnanswered(dueAt, sentAt, e);
                    Connection.Dispose();
                }
            }
        }
    }
}
