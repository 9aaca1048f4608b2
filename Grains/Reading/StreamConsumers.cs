using System.Collections.Concurrent;
using DataProcessor.Aws.Kinesis;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Reading;

/// <summary>
/// The fan-out consumers of this silo's applications: found or registered when the first reader asks, and remembered.
/// A consumer has its application's name and is never deregistered: it is the application's on every silo. May be
/// called from many threads.
/// </summary>
internal sealed partial class StreamConsumers(KinesisClient client, TimeProvider time, ILogger<StreamConsumers> logger)
{
    private const string NotFound = "ResourceNotFoundException";
    private const string InUse = "ResourceInUseException";

    /// <summary>Applications times streams that are remembered; when there are more, all are looked up again.</summary>
    private const int MaxEntries = 1000;

    /// <summary>Looks at a consumer that is not ACTIVE yet: about a minute, where some seconds are usual.</summary>
    private const int MaxLooks = 60;

    private static readonly TimeSpan TimeBetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>How long a failure is the answer to others too: a thousand shards are not to call a thousand times.</summary>
    private static readonly TimeSpan FailureLife = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<(StreamIdentity Stream, string Name), Entry> _entries = new();

    /// <summary>The ARN of an ACTIVE consumer, registered if there is none.</summary>
    /// <exception cref="KinesisException">
    /// <c>ResourceNotFoundException</c>: the stream is gone, or was made anew. <c>LimitExceededException</c>: it has as
    /// many consumers as it may have. <c>ResourceInUseException</c>: it
    /// has not become ACTIVE in a minute.
    /// </exception>
    public async ValueTask<string> GetAsync(StreamIdentity stream, string name, CancellationToken cancellationToken)
    {
        if (_entries.Count > MaxEntries)
        {
            _entries.Clear();
        }

        var entry = _entries.GetOrAdd((stream, name), static _ => new());
        if (entry.Arn is { } known)
        {
            return known;
        }

        await entry.Gate.WaitAsync(cancellationToken);
        try
        {
            if (entry.Failure is { } failure && time.GetElapsedTime(entry.FailedAt) < FailureLife)
            {
                throw new KinesisException(failure.ErrorCode, failure.Message, failure.StatusCode, failure);
            }

            return entry.Arn ??= await ResolveAsync(entry, stream, name, cancellationToken);
        }
        finally
        {
            entry.Gate.Release();
        }
    }

    /// <summary>The service does not know the consumer; the next who asks looks for it, or registers it, anew.</summary>
    public void Forget(StreamIdentity stream, string name, string arn)
    {
        if (_entries.TryGetValue((stream, name), out var entry) && entry.Arn == arn)
        {
            entry.Arn = null;
            LogForgotten(logger, arn);
        }
    }

    private async ValueTask<string> ResolveAsync(
        Entry entry, StreamIdentity stream, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await FindOrRegisterAsync(stream, name, cancellationToken);
        }
        catch (KinesisException exception)
        {
            (entry.Failure, entry.FailedAt) = (exception, time.GetTimestamp());
            throw;
        }
    }

    private async ValueTask<string> FindOrRegisterAsync(StreamIdentity stream, string name, CancellationToken cancellationToken)
    {
        var summary = await client.DescribeStreamSummaryAsync(stream.Name, cancellationToken);
        if (summary.CreatedAt.ToUnixTimeSeconds() != stream.Epoch)
        {
            // Its shards have the same ids: this reader would read for a lease that is not theirs.
            throw new KinesisException(NotFound, $"{summary.StreamArn} is not the stream of {stream.Epoch}: it was made anew.", 0);
        }

        var streamArn = summary.StreamArn;
        for (var look = 0; look < MaxLooks; look++)
        {
            var consumer = await FindAsync(streamArn, name, cancellationToken)
                ?? await TryRegisterAsync(streamArn, name, cancellationToken);
            if (consumer is { Status: "ACTIVE" })
            {
                return consumer.ConsumerArn;
            }

            await Task.Delay(TimeBetweenLooks, time, cancellationToken); // CREATING, DELETING, or just registered by another silo
        }

        throw new KinesisException(InUse, $"The consumer {name} of {streamArn} has not become ACTIVE in {MaxLooks} s.", 0);
    }

    private async ValueTask<StreamConsumer?> FindAsync(string streamArn, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await client.DescribeStreamConsumerAsync(streamArn, name, cancellationToken);
        }
        catch (KinesisException exception) when (exception.ErrorCode == NotFound)
        {
            return null;
        }
    }

    /// <returns>Null if another was quicker.</returns>
    private async ValueTask<StreamConsumer?> TryRegisterAsync(string streamArn, string name, CancellationToken cancellationToken)
    {
        try
        {
            var consumer = await client.RegisterStreamConsumerAsync(streamArn, name, cancellationToken);
            LogRegistered(logger, name, streamArn);
            return consumer;
        }
        catch (KinesisException exception) when (exception.ErrorCode == InUse)
        {
            return null;
        }
    }

    private sealed class Entry
    {
        private volatile string? _arn;

        /// <summary>One at a time looks for the consumer.</summary>
        public SemaphoreSlim Gate { get; } = new(1);

        public string? Arn
        {
            get => _arn;
            set => _arn = value;
        }

        /// <summary>The last one; under the gate.</summary>
        public KinesisException? Failure { get; set; }

        public long FailedAt { get; set; }
    }
}
