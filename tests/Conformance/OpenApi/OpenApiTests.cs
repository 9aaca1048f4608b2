using System.Text.Json.Nodes;
using DataProcessor.Conformance.Harness;

namespace DataProcessor.Conformance.OpenApi;

/// <summary>The gateway's OpenAPI document, read by npm's <c>@apidevtools/swagger-parser</c>.</summary>
public sealed class OpenApiTests(ForeignParts foreign) : NodeSuite
{
    private static readonly string Document = Path.Combine(ConformanceFolder.Node, "../../../Gateway/OpenApi/openapi.json");

    [Fact]
    public async Task The_document_is_valid()
    {
        var read = await ValidateAsync(await ReadAsync());

        Assert.Equal("3.1.0", (string)read["openapi"]!);
        Assert.InRange((int)read["operations"]!, 5, 100);
        foreign.Cases.Add("OpenApi", (int)read["operations"]!);
    }

    [Theory]
    [InlineData("/paths/~1/post/responses/200/$ref", "#/components/responses/None")]
    [InlineData("/paths/~1/post/operationId", 7)]
    [InlineData("/components/parameters/Prefer/in", "somewhere")]
    public async Task A_mistake_would_be_found(string pointer, object mistake)
    {
        var document = await ReadAsync();
        var names = pointer.Split('/')[1..].Select(name => name.Replace("~1", "/", StringComparison.Ordinal)).ToArray();
        names[..^1].Aggregate((JsonNode)document, (node, name) => node[name]!)[names[^1]] = JsonValue.Create(mistake);

        await Assert.ThrowsAsync<ForeignCallException>(() => ValidateAsync(document));
        foreign.Cases.Add("OpenApi");
    }

    private static async Task<JsonObject> ReadAsync() =>
        JsonNode.Parse(await File.ReadAllTextAsync(Document, TestContext.Current.CancellationToken))!.AsObject();

    private async Task<JsonNode> ValidateAsync(JsonObject document)
    {
        var validator = await foreign.OpenApiAsync();
        return (await validator.CallAsync("validate", new JsonObject { ["document"] = document.DeepClone() }, TestContext.Current.CancellationToken))!;
    }
}
