using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Load.Peers;

/// <summary>
/// What a fan-out consumer cannot do without: takes each shard's events off the wire, checks their CRCs, checks the MD5 of
/// each aggregate and finds the user records in it. It keeps no checkpoint, hands records to nobody and does not follow a
/// reshard.
/// </summary>
internal static class ReaderPeer
{
    private static readonly TimeSpan RegistrationPoll = TimeSpan.FromMilliseconds(100);

    public static async Task RunAsync(PeerOptions options, PeerRun run)
    {
        using var client = PeerKinesis.Connect(options);
        using var http = new HttpMessageInvoker(KinesisTransport.CreateHandler());
        var stream = await client.DescribeStreamSummaryAsync(options.Stream, run.End);
        var shards = await client.ListShardsAsync(options.Stream, ShardFilter.AtLatest, run.End);
        var consumerArn = await RegisterAsync(client, stream.StreamArn, run);
        try
        {
            var subscriptions = Array.ConvertAll(
                shards, shard => new BareSubscription(http, options.Endpoint, consumerArn, shard.ShardId, options.From));
            await Task.WhenAll(subscriptions.Select(subscription => subscription.OpenAsync(run.End)));
            await run.ReportReadyAsync();
            await Task.WhenAll(subscriptions.Select(subscription => DrainAsync(subscription, run)));
        }
        finally
        {
            await client.DeregisterStreamConsumerAsync(consumerArn, CancellationToken.None);
        }
    }

    private static async Task<string> RegisterAsync(KinesisClient client, string streamArn, PeerRun run)
    {
        var consumer = await client.RegisterStreamConsumerAsync(streamArn, $"bare-reader-{Environment.ProcessId}", run.End);
        while (consumer.Status != "ACTIVE")
        {
            await Task.Delay(RegistrationPoll, run.Time, run.End);
            consumer = await client.DescribeStreamConsumerAsync(streamArn, consumer.ConsumerName, run.End);
        }

        return consumer.ConsumerArn;
    }

    private static async Task DrainAsync(BareSubscription subscription, PeerRun run)
    {
        using (subscription)
        {
            try
            {
                while (await subscription.NextAsync(run.End) is { } read)
                {
                    if (read.KinesisRecords > 0)
                    {
                        run.OnCall(read.UserRecords, read.Bytes, read.KinesisRecords);
                    }
                }
            }
            catch (Exception) when (run.End.IsCancellationRequested)
            {
                // The end comes in the middle of a read; the connection says so in several ways.
            }
        }
    }
}
