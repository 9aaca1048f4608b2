using System.Net.Sockets;
using System.Text;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Signing;
using DataProcessor.Unit.Gateway.KinesisApi;

namespace DataProcessor.Unit.Gateway.Authentication;

/// <summary>A call as bytes of HTTP/1.1, signed by Amazon's own signer.</summary>
internal sealed class SignedCall
{
    private SignedCall(string path, Dictionary<string, string> headers, byte[] body)
    {
        Path = path;
        Headers = headers;
        Body = body;
    }

    public string Path { get; set; }

    /// <summary>Those that are signed, and Authorization.</summary>
    public Dictionary<string, string> Headers { get; }

    public byte[] Body { get; set; }

    public static SignedCall Of(
        Uri gateway, byte[] body, string id, string secret, DateTimeOffset at, string region = "eu-central-1", string service = "kinesis")
    {
        var request = new AWSSigningRequest { HttpMethod = HttpMethod.Post, RequestUri = gateway, Content = body };
        request.Headers["content-type"] = KinesisCall.JsonType;
        request.Headers["x-amz-target"] = "Kinesis_20131202.PutRecord";
        var signed = AWSSigV4Signer.Sign(request, new AWSSigV4Parameters
        {
            Credentials = new BasicAWSCredentials(id, secret),
            Region = RegionEndpoint.GetBySystemName(region),
            Service = service,
            SignedAt = at.UtcDateTime,
        });
        var headers = new Dictionary<string, string>(request.Headers, StringComparer.OrdinalIgnoreCase) { ["host"] = gateway.Authority };
        foreach (var (name, value) in signed.Headers)
        {
            headers[name] = value;
        }

        return new("/", headers, body);
    }

    /// <summary>Sends exactly these bytes.</summary>
    /// <returns>Status and type of the error.</returns>
    public async Task<(int Status, string? Type)> SendAsync(Uri gateway, CancellationToken cancellationToken)
    {
        var head = new StringBuilder($"POST {Path} HTTP/1.1\r\n");
        foreach (var (name, value) in Headers)
        {
            head.Append($"{name}: {value}\r\n");
        }

        head.Append($"content-length: {Body.Length}\r\nconnection: close\r\n\r\n");
        using var connection = new TcpClient();
        await connection.ConnectAsync(gateway.Host, gateway.Port, cancellationToken);
        var stream = connection.GetStream();
        await stream.WriteAsync((byte[])[.. Encoding.Latin1.GetBytes(head.ToString()), .. Body], cancellationToken);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var answer = await reader.ReadToEndAsync(cancellationToken);
        const string Type = "x-amzn-ErrorType: ";
        var type = answer.Split("\r\n").FirstOrDefault(line => line.StartsWith(Type, StringComparison.OrdinalIgnoreCase));
        return (int.Parse(answer.Split(' ')[1], null), type?[Type.Length..]);
    }
}
