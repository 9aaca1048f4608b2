using System.Diagnostics.Metrics;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DataProcessor.Unit.Gateway;

/// <summary><c>Prefer: respond-async</c>.</summary>
public class AcceptedPutsTests
{
    private readonly TaskCompletionSource _taken = new();
    private readonly TaskCompletionSource _release = new();

    [Theory]
    [InlineData("application/json", """[{"data":"0"},{},{"data":"2"}]""")]
    [InlineData("application/x-ndjson", "{\"data\":\"0\"}\n{}\n{\"data\":\"2\"}")]
    public async Task Records_are_accepted_before_they_are_stored_and_count_as_in_flight_until_then(string type, string body)
    {
        await using var gateway = await StartHoldingAsync();

        var answer = await PostAsync(gateway, body, type);

        Assert.Equal(202, answer.Status);
        Assert.Equal("respond-async", answer.Headers.GetValues("Preference-Applied").Single());
        Assert.Equal(2, answer.Json.GetProperty("acceptedCount").GetInt32());
        Assert.Equal([1], answer.Json.GetProperty("failures").EnumerateArray().Select(failure => failure.GetProperty("id").GetInt32()));
        Assert.Equal(0, gateway.Cluster.StoredCount);
        Assert.NotEqual(0, gateway.InFlight.InUse);
        _release.SetResult();
        await gateway.WhenStoredAsync(2);
        await gateway.WhenNothingInFlightAsync();
    }

    [Fact]
    public async Task A_clean_stop_loses_no_accepted_record()
    {
        await using var gateway = await StartHoldingAsync();
        Assert.Equal(202, (await PostAsync(gateway, """{"data":"x"}""")).Status);
        await _taken.Task;

        // By the time this returns the gateway has been told.
        var stop = gateway.StopAsync();
        var late = PostAsync(gateway, """{"data":"late"}""");
        await LoopbackGateway.WhenAsync(() => gateway.Cluster.Producer("shardId-000000000000").Puts.Count == 2);
        Assert.False(stop.IsCompleted);
        Assert.False(late.IsCompleted);
        _release.SetResult();
        await stop;

        Assert.Equal(200, (await late).Status);
        Assert.Equal(2, gateway.Cluster.StoredCount);
    }

    [Fact]
    public async Task Shards_in_trouble_accept_nothing()
    {
        await using var gateway = await LoopbackGateway.StartAsync(shards: 1);
        gateway.Cluster.Producer("shardId-000000000000").ThenPut(PutResponse.Busy(TimeSpan.FromSeconds(5)));
        Assert.Equal(429, (await gateway.PostAsync("""{"data":"x"}""")).Status);

        var answer = await PostAsync(gateway, """{"data":"x"}""");

        Assert.Equal((429, "Busy"), (answer.Status, answer.Code));
        Assert.Equal(0, gateway.Cluster.StoredCount);
        await gateway.WhenNothingInFlightAsync();
    }

    [Fact]
    public async Task What_fails_after_it_was_accepted_is_counted()
    {
        await using var gateway = await StartHoldingAsync();
        var counted = new TaskCompletionSource<string?>();
        using var listener = new MeterListener();
        var meters = gateway.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name == "messaging.client.sent.messages")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag.Key == "error.type")
                {
                    counted.SetResult((string?)tag.Value);
                }
            }
        });
        listener.Start();

        Assert.Equal(202, (await PostAsync(gateway, """{"data":"x"}""")).Status);
        _release.SetException(new InvalidOperationException("a bug"));

        Assert.Equal("OutcomeUnknown", await counted.Task);
        await gateway.WhenNothingInFlightAsync();
    }

    private async Task<LoopbackGateway> StartHoldingAsync()
    {
        var gateway = await LoopbackGateway.StartAsync(shards: 1);
        gateway.Cluster.Producer("shardId-000000000000").BeforeStore = _ =>
        {
            _taken.TrySetResult();
            return _release.Task;
        };
        return gateway;
    }

    private static async Task<HttpAnswer> PostAsync(LoopbackGateway gateway, string body, string type = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent(body, new MediaTypeHeaderValue(type)) };
        request.Headers.Add("Prefer", "respond-async");
        return await gateway.SendAsync(request);
    }
}
