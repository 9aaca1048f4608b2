using System.Buffers;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Aws.Transport;
using Xunit;

namespace DataProcessor.Unit.Aws;

public sealed class RequestBodyTests
{
    // A size of its own, so that no other test's buffer comes back from the pool.
    private const int Size = 3 * 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_buffer_that_a_connection_is_still_writing_does_not_go_back_to_the_pool()
    {
        var rented = ArrayPool<byte>.Shared.Rent(Size);
        var body = RequestBody.Pooled(rented, Size);
        using var content = new RequestBodyContent(body, "application/octet-stream");
        var connection = new StuckStream();

        var write = content.CopyToAsync(connection, Cancellation);
        body.Dispose();

        var next = ArrayPool<byte>.Shared.Rent(Size);
        Assert.NotSame(rented, next);
        Assert.True(content.WasStarted);
        connection.Release.SetResult();
        await write;
        ArrayPool<byte>.Shared.Return(next);
    }

    [Fact]
    public void A_request_is_encoded_without_allocating_per_record()
    {
        PutRecordsEntry[] records = [.. Enumerable.Range(0, 500).Select(_ => new PutRecordsEntry("key", "12345", new byte[1_000]))];
        PutRecordsCodec.Encode("s", records).Dispose();

        var before = GC.GetAllocatedBytesForCurrentThread();
        PutRecordsCodec.Encode("s", records).Dispose();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(allocated, 0, 200);
    }

    private sealed class StuckStream : MemoryStream
    {
        public TaskCompletionSource Release { get; } = new();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await Release.Task;
    }
}
