using System.Net.Http.Headers;
using System.Text;
using DataProcessor.Gateway.Authentication;
using Microsoft.Extensions.Options;
using Xunit;

namespace DataProcessor.Unit.Gateway.Authentication;

/// <summary>Who may use the gateway's own interface.</summary>
public sealed class ApiKeyTests
{
    private const string Path = $"/streams/{MemoryCluster.StreamName}/records";

    private static readonly string Key = ApiKey.Create();
    private static readonly string OtherKey = ApiKey.Create();

    [Fact]
    public void A_key_is_256_random_bits_and_its_hash_what_sha256sum_prints()
    {
        Assert.Matches("^dpk_[A-Za-z0-9_-]{43}$", Key);
        Assert.NotEqual(Key, OtherKey);
        Assert.Equal("2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683", ApiKey.HashOf("key"));
    }

    [Theory]
    [InlineData("Authorization", "Bearer {key}", 200)]
    [InlineData("Authorization", "bearer  {key} ", 200)]
    [InlineData("X-Api-Key", "{key}", 200)]
    [InlineData("X-Api-Key", "", 401)]
    [InlineData("X-Api-Key", "{key}x", 401)]
    [InlineData("X-Api-Key", "{hash}", 401)]
    [InlineData("Authorization", "{key}", 401)]
    [InlineData("Authorization", "Basic {key}", 401)]
    [InlineData("Authorization", "Bearer ", 401)]
    [InlineData("Authorization", "AWS4-HMAC-SHA256 Credential={key}", 401)]
    [InlineData("X-None", "", 401)]
    public async Task A_put_needs_a_key_of_the_gateways(string header, string value, int status)
    {
        await using var gateway = await StartAsync(OtherKey, Key);
        value = value.Replace("{key}", Key, StringComparison.Ordinal).Replace("{hash}", ApiKey.HashOf(Key), StringComparison.Ordinal);

        var answer = await PostAsync(gateway, "/", (header, value));

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200 ? 1 : 0, gateway.Cluster.Stored.Count());
        if (status != 200)
        {
            Assert.Equal("Unauthenticated", answer.Code);
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        }
    }

    [Theory]
    [InlineData(MemoryCluster.StreamName, "/", 200)]
    [InlineData(MemoryCluster.StreamName, Path, 200)]
    [InlineData("other", "/", 403)]
    [InlineData("other", Path, 403)]
    [InlineData("other", "/streams/no-such-stream/records", 403)]
    [InlineData("other", "/streams/other/records", 404)]
    public async Task A_key_may_be_for_some_streams_only(string stream, string path, int status)
    {
        await using var gateway = await LoopbackGateway.StartAsync(configure: options =>
            options.Authentication.ApiKeys.Add(new() { Hash = ApiKey.HashOf(Key), Streams = { stream, "another" } }));

        var answer = await PostAsync(gateway, path, ("X-Api-Key", Key));

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 403, answer.Code == "StreamForbidden");
    }

    [Fact]
    public async Task Health_is_open_and_every_put_closed_when_only_access_keys_are_configured()
    {
        await using var gateway = await LoopbackGateway.StartAsync(configure: options =>
            options.Authentication.AccessKeys.Add(new() { Id = "id", Secret = new('s', 32) }));

        foreach (var path in (string[])["/healthcheck", "/ready"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            Assert.Equal(200, (await gateway.SendAsync(request)).Status);
        }

        Assert.Equal(401, (await PostAsync(gateway, "/", ("X-Api-Key", Key))).Status);
    }

    [Fact]
    public async Task All_that_is_wrong_with_the_keys_is_told_at_the_start()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => LoopbackGateway.StartAsync(configure: options =>
        {
            options.MaxRecords = 0;
            options.Authentication.ApiKeys.Add(new() { Hash = Key });
            options.Authentication.ApiKeys.Add(new() { Hash = ApiKey.HashOf(Key), Streams = { "no/name" } });
            options.Authentication.ApiKeys.Add(new() { Hash = ApiKey.HashOf(Key).ToUpperInvariant() });
            options.Authentication.AccessKeys.Add(new() { Id = "a b", Secret = "short" });
        }));

        Assert.All(
            ["MaxRecords", "64 hexadecimal digits", "no/name", "is there twice", "Id: ", "Secret: "],
            part => Assert.Contains(part, refused.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("short", refused.Message, StringComparison.Ordinal);
    }

    private static Task<LoopbackGateway> StartAsync(params string[] keys) => LoopbackGateway.StartAsync(configure: options =>
        Array.ForEach(keys, key => options.Authentication.ApiKeys.Add(new() { Hash = ApiKey.HashOf(key) })));

    private static async Task<HttpAnswer> PostAsync(LoopbackGateway gateway, string path, (string Name, string Value) header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent("""{"data":"x"}""", Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        return await gateway.SendAsync(request);
    }
}
