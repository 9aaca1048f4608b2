using System.Text;
using DataProcessor.Grains.Processing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DataProcessor.Unit.Reading;

public sealed class LoggingProcessorTests
{
    [Fact]
    public async Task A_batch_is_one_line_with_shard_count_positions_and_a_preview()
    {
        var lines = new Lines();
        var batch = new RecordBatch(
            "orders",
            "shardId-000000000003",
            millisBehindLatest: 12,
            new UserRecordSlot[] { Slot("grüße\r\n", 0, 4), Slot("second", 1, 0) },
            [new(new("100"), default), new(new("101"), default)]);

        await new LoggingProcessor(lines).ProcessAsync(batch, TestContext.Current.CancellationToken);

        Assert.Equal(
            @"orders/shardId-000000000003: 2 records, 100/4 to 101/0, 12 ms behind; the first, of key key: grüße\x0D\x0A",
            Assert.Single(lines));
    }

    [Fact]
    public void A_preview_is_bounded_and_hides_nothing()
    {
        Assert.Equal("", RecordPreview.Of([]));
        Assert.Equal(@"\xFF\xE2\x28a", RecordPreview.Of([0xFF, 0xE2, 0x28, 0x61]).Replace("(", @"\x28", StringComparison.Ordinal));
        Assert.Equal(@"a\xE2\x80\xAEb\xC2\x85", RecordPreview.Of(Encoding.UTF8.GetBytes("a\u202Eb\u0085")));
        Assert.Equal(new string('x', 80) + "…", RecordPreview.Of(Encoding.UTF8.GetBytes(new string('x', 1_000_000))));
        Assert.InRange(RecordPreview.Of(new byte[1_000_000]).Length, 1, 400);
    }

    private static UserRecordSlot Slot(string data, int parent, int subSequenceNumber) =>
        new(Encoding.UTF8.GetBytes(data), "key"u8.ToArray(), parent, subSequenceNumber);

    private sealed class Lines : List<string>, ILogger<LoggingProcessor>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Add(formatter(state, exception));
    }
}
