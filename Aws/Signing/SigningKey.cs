using System.Security.Cryptography;
using System.Text;

namespace DataProcessor.Aws.Signing;

/// <summary>
/// The key that signs: HMAC over date, region, service and "aws4_request", beginning with the secret. Deriving it is four of
/// a signature's five HMACs, so it is kept for the day.
/// </summary>
internal sealed class SigningKey
{
    private readonly string _date;
    private readonly string _secret;
    private readonly byte[] _key;

    private SigningKey(string date, string secret, byte[] key)
    {
        _date = date;
        _secret = secret;
        _key = key;
    }

    public ReadOnlySpan<byte> Bytes => _key;

    public bool IsFor(ReadOnlySpan<char> date, string secret) => date.SequenceEqual(_date) && _secret == secret;

    public static SigningKey Derive(string secret, string date, string region, string service)
    {
        var key = HMACSHA256.HashData(Encoding.UTF8.GetBytes("AWS4" + secret), Encoding.UTF8.GetBytes(date));
        foreach (var part in (ReadOnlySpan<string>)[region, service, "aws4_request"])
        {
            HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part), key);
        }

        return new SigningKey(date, secret, key);
    }
}
