using DataProcessor.Grains.Producing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace DataProcessor.Unit.Producing;

public sealed class ProducerOptionsTests
{
    [Fact]
    public void All_mistakes_are_reported_at_once()
    {
        using var services = new ServiceCollection().AddProducing().Configure<ProducerOptions>(options =>
        {
            options.RateLimit = 150;
            options.CollectionMaxCount = 501;
            options.RecordTtl = TimeSpan.Zero;
            options.AggregationMaxSize = 11 * 1024 * 1024;
            options.Ordering = (Ordering)7;
            options.SiloBufferBytes = options.BufferBytes / 2;
        }).BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<ProducerOptions>());

        string[] mistaken =
        [
            nameof(ProducerOptions.RateLimit), nameof(ProducerOptions.CollectionMaxCount), nameof(ProducerOptions.RecordTtl),
            nameof(ProducerOptions.AggregationMaxSize), nameof(ProducerOptions.Ordering), nameof(ProducerOptions.SiloBufferBytes),
        ];
        Assert.All(mistaken, name => Assert.Contains(error.Failures, failure => failure.Contains(name, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_defaults_are_valid()
    {
        using var services = new ServiceCollection().AddProducing().BuildServiceProvider();
        Assert.Equal(100, services.GetRequiredService<ProducerOptions>().RateLimit);
    }

    [Theory]
    [InlineData("stream:17:shardId-000000000000", true)]
    [InlineData("stream:shardId-000000000000", false)]
    [InlineData("stream:-1:shardId-000000000000", false)]
    [InlineData("stream:17:", false)]
    public void A_producers_key_is_stream_epoch_and_shard(string key, bool isValid)
    {
        if (isValid)
        {
            var parsed = ProducerKey.Parse(key);
            Assert.Equal(key, new StreamIdentity(parsed.Stream, parsed.Epoch, "").ProducerKey(parsed.ShardId));
            return;
        }

        Assert.Contains(key, Assert.Throws<FormatException>(() => ProducerKey.Parse(key)).Message, StringComparison.Ordinal);
    }
}
