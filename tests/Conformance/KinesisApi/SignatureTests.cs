using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using DataProcessor.Cluster;
using DataProcessor.Conformance.Harness;
using static DataProcessor.Conformance.KinesisApi.ForeignWriters;

namespace DataProcessor.Conformance.KinesisApi;

/// <summary>A gateway that knows its clients; that each client's right signature is taken is shown by PutTests.</summary>
[Collection(SignedGateway.Name)]
public sealed class SignatureTests(ForeignParts foreign, SignedGateway fixture)
{
    private const string CborType = "application/x-amz-cbor-1.1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(JavaScript)]
    [InlineData(JavaScript11)]
    [InlineData(Boto3)]
    [InlineData(AwsCommand)]
    public async Task A_client_with_other_keys_is_refused(string client)
    {
        (AccessKeyPair Keys, string Stream, string Error)[] strangers =
        [
            (new("DPAKNOBODY", SignedGateway.Writer.Secret), RunningProcess.Stream, "UnrecognizedClientException"),
            (SignedGateway.Writer with { Secret = "wrong" }, RunningProcess.Stream, "InvalidSignatureException"),
            (SignedGateway.WriterOfOne, GatewayUnderTest.UnreadStream, "AccessDeniedException"),
        ];
        foreach (var (keys, stream, error) in strangers)
        {
            var writer = await foreign.WriterAsync(client, keys);
            var answer = await writer.CallAsync(
                fixture.Gateway.Address,
                "PutRecord",
                new() { ["StreamName"] = stream, ["Data"] = "YQ==", ["PartitionKey"] = "k" },
                Cancel);

            Assert.Equal(error, answer["error"]?["code"]?.GetValue<string>());
            foreign.Cases.Add("signatures that are refused");
        }
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("canonical")]
    [InlineData("chunked")]
    public async Task A_call_in_foreign_CBOR_with_a_foreign_signature_is_answered_in_CBOR(string style)
    {
        var cbor = await foreign.CborAsync();
        var records = new JsonArray(CborRecord("AP8B", "k"), CborRecord("", "ascii"));
        var call = new JsonObject { ["StreamName"] = RunningProcess.Stream, ["Records"] = records };
        var encoded = await cbor.CallAsync("encode", new JsonObject { ["value"] = call, ["style"] = style }, Cancel);
        var body = Convert.FromBase64String(encoded!.GetValue<string>());

        using var client = new HttpClient();
        using var request = await SignedAsync(body);
        using var response = await client.SendAsync(request, Cancel);
        var answer = await response.Content.ReadAsByteArrayAsync(Cancel);
        var decoded = await cbor.CallAsync("decode", new JsonObject { ["body"] = Convert.ToBase64String(answer) }, Cancel);

        Assert.Equal(CborType, response.Content.Headers.ContentType?.MediaType);
        var reply = Assert.Single(decoded!.AsArray())!;
        Assert.Equal("0", reply["FailedRecordCount"]?.ToString());
        Assert.All(reply["Records"]!.AsArray(), entry => Assert.NotEmpty(entry!["SequenceNumber"]!.GetValue<string>()));
        foreign.Cases.Add("CBOR calls to the gateway");
    }

    private static JsonObject CborRecord(string data, string key) =>
        new() { ["Data"] = new JsonObject { ["$bytes"] = data }, ["PartitionKey"] = key };

    private async Task<HttpRequestMessage> SignedAsync(byte[] body)
    {
        var address = fixture.Gateway.Address;
        var headers = new JsonObject
        {
            ["host"] = address.Authority,
            ["content-type"] = CborType,
            ["x-amz-target"] = "Kinesis_20131202.PutRecords",
        };
        var signer = await foreign.SignerAsync();
        var signature = await signer.CallAsync("sign", new JsonObject
        {
            ["method"] = "POST",
            ["url"] = address.AbsoluteUri,
            ["headers"] = headers,
            ["body"] = Convert.ToBase64String(body),
            ["credentials"] = new JsonObject { ["accessKeyId"] = SignedGateway.Writer.Id, ["secretAccessKey"] = SignedGateway.Writer.Secret },
            ["region"] = "ap-southeast-2",
            ["service"] = "kinesis",
            ["time"] = TimeProvider.System.GetUtcNow().ToString("O"),
        }, Cancel);

        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(CborType);
        foreach (var (name, value) in signature!.AsObject().Where(header => header.Key is not ("host" or "content-type")))
        {
            request.Headers.TryAddWithoutValidation(name, value!.GetValue<string>());
        }

        return request;
    }
}
