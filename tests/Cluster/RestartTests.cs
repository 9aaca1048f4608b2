using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Xunit;

namespace DataProcessor.Cluster;

public sealed class RestartTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_clean_stop_reading_goes_on_where_it_was_without_a_duplicate()
    {
        var folder = Directory.CreateTempSubdirectory("data-processor-");
        try
        {
            string[] first, second;
            await using (var process = await RunningProcess.StartAsync(folder.FullName, Cancel))
            {
                first = await RoundAsync(process, "first");
            }

            await using (var process = await RunningProcess.StartAsync(folder.FullName, Cancel))
            {
                second = await RoundAsync(process, "second");
            }

            Assert.Equal(Enumerable.Range(0, 200).Select(i => $"first-{i}"), first);
            Assert.Equal(Enumerable.Range(0, 200).Select(i => $"second-{i}"), second);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_clean_stop_under_load_answers_what_it_took_and_makes_no_duplicate()
    {
        var folder = Directory.CreateTempSubdirectory("data-processor-");
        try
        {
            var answers = new ConcurrentDictionary<string, HttpStatusCode>();
            string[] processed;
            await using (var process = await RunningProcess.StartAsync(folder.FullName, Cancel))
            {
                var clients = Enumerable.Range(0, 16).Select(client => PostUntilStoppedAsync(process, client, answers)).ToArray();
                await process.Processed.WaitForAsync(500, Cancel);
                await process.StopAsync();
                await Task.WhenAll(clients);
                processed = [.. process.Processed.All.Select(record => record.Data)];
            }

            var taken = answers.Where(answer => answer.Value == HttpStatusCode.OK).Select(answer => answer.Key).ToArray();
            await using (var process = await RunningProcess.StartAsync(folder.FullName, Cancel))
            {
                var missing = taken.Except(processed).ToArray();
                await process.Processed.WaitForAsync(missing.Length, Cancel);
                processed = [.. processed, .. process.Processed.All.Select(record => record.Data)];
            }

            Assert.Equal(taken.Order(), processed.Order());
            Assert.All(answers.Values, status => Assert.True(status is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{status}"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>One post after the other, until the process takes no more connections.</summary>
    private static async Task PostUntilStoppedAsync(
        RunningProcess process, int client, ConcurrentDictionary<string, HttpStatusCode> answers)
    {
        for (var i = 0; ; i++)
        {
            var data = $"{client}-{i}";
            try
            {
                using var response = await process.Gateway.PostAsJsonAsync("/", new { data, partitionKey = $"{client}" }, Cancel);
                answers[data] = response.StatusCode;
            }
            catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.ResponseEnded)
            {
                // No connection, or the post crossed with the server's closing of an idle one, and was not read.
                return;
            }
        }
    }

    [Fact]
    public async Task A_second_process_on_the_same_data_folder_is_told_so()
    {
        var folder = Directory.CreateTempSubdirectory("data-processor-");
        try
        {
            await using var process = await RunningProcess.StartAsync(folder.FullName, Cancel);

            var refused = await Assert.ThrowsAnyAsync<Exception>(() => RunningProcess.StartAsync(folder.FullName, Cancel));
            Assert.Contains(folder.FullName, refused.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Posts 200 records over all shards and returns what was processed, in the numbers' order.</summary>
    private static async Task<string[]> RoundAsync(RunningProcess process, string name)
    {
        var records = Enumerable.Range(0, 200).Select(i => new { data = $"{name}-{i}", partitionKey = $"{i}" });
        using var response = await process.Gateway.PostAsJsonAsync("/", records, Cancel);
        response.EnsureSuccessStatusCode();
        var processed = await process.Processed.WaitForAsync(200, Cancel);
        return [.. processed.Select(record => record.Data).OrderBy(data => data.Length).ThenBy(data => data, StringComparer.Ordinal)];
    }
}
