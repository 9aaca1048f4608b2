using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace DataProcessor.Cluster;

/// <summary>What users and operators see while Kinesis does not answer, and afterwards.</summary>
public sealed class OutageTests : WithExternalKinesis
{
    [Fact]
    public async Task Through_an_outage_the_readers_stay_in_sight_and_puts_fail_with_certainty()
    {
        await using var process = await StartAsync("--Gateway:RecordTtl=00:00:02");
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(process, "before")).Status);
        await process.Processed.WaitForAsync(1, Cancel);

        await Kinesis.StopAsync();
        Time.Shift(TimeSpan.FromMinutes(1)); // The map in hand is to be refreshed now.
        using (var seen = await process.Admin.GetAsync(StreamPath, Cancel))
        {
            Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
        }

        var (status, answer) = await PostAsync(process, "during");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("NotWritten", (string?)answer["code"]);

        await Kinesis.StartAsync(Cancel);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(process, "after")).Status);
        var processed = await process.Processed.WaitForAsync(2, Cancel);
        Assert.Equal(["before", "after"], processed.Select(record => record.Data));
    }

    [Fact]
    public async Task A_process_that_starts_before_its_Kinesis_answers_503_and_works_once_it_is_there()
    {
        await Kinesis.StopAsync();
        await using var process = await StartAsync();

        using (var ready = await process.Gateway.GetAsync(new Uri("/ready", UriKind.Relative), Cancel))
        using (var seen = await process.Admin.GetAsync(StreamPath, Cancel))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, seen.StatusCode);
        }

        var (status, answer) = await PostAsync(process, "early");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("ClusterUnavailable", (string?)answer["code"]);

        await Kinesis.StartAsync(Cancel);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(process, "late")).Status);
        await process.Processed.WaitForAsync(1, Cancel);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(2)]
    public async Task A_stream_that_is_made_anew_takes_and_delivers_records_without_a_restart(int shards)
    {
        await using var process = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(process, "old")).Status);
        await process.Processed.WaitForAsync(1, Cancel);

        await Kinesis.RecreateStreamAsync(RunningProcess.Stream, shards, Cancel);
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 20; i++)
        {
            answers.Add((await PostAsync(process, $"new-{i}", $"key-{i}")).Status);
        }

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));

        Time.Shift(TimeSpan.FromMinutes(1)); // The readers' map is to be refreshed now.
        var processed = await process.Processed.WaitForAsync(21, Cancel);
        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => $"new-{i}").Order(),
            processed.Skip(1).Select(record => record.Data).Distinct().Order());
    }

    private static Uri StreamPath { get; } = new($"/streams/{RunningProcess.Stream}", UriKind.Relative);

    private static async Task<(HttpStatusCode Status, JsonNode Answer)> PostAsync(
        RunningProcess process, string data, string partitionKey = "k")
    {
        using var response = await process.Gateway.PostAsJsonAsync("/", new { data, partitionKey }, Cancel);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!);
    }
}
