using System.Security.Cryptography;
using System.Text;

namespace DataProcessor.Aws.Signing;

/// <summary>
/// The key that signs: HMAC over date, region, service and "aws4_request", its scope, beginning with the secret. Deriving it
/// is four of a signature's five HMACs, so it is kept for the day.
/// </summary>
internal sealed class SigningKey
{
    private readonly string _date;
    private readonly string _region;
    private readonly string _service;
    private readonly string _secret;
    private readonly byte[] _key;

    private SigningKey(string date, string region, string service, string secret, byte[] key)
    {
        _date = date;
        _region = region;
        _service = service;
        _secret = secret;
        _key = key;
    }

    public ReadOnlySpan<byte> Bytes => _key;

    /// <summary>The key in <paramref name="last"/> if it is the one, else a new one, which takes its place.</summary>
    public static SigningKey Get(ref SigningKey? last, string secret, SigningTime time, string region, string service)
    {
        var key = Volatile.Read(ref last);
        if (key is null || !key.IsFor(time.Date, region, service, secret))
        {
            key = Derive(secret, time.Date.ToString(), region, service);
            Volatile.Write(ref last, key);
        }

        return key;
    }

    public static SigningKey Derive(string secret, string date, string region, string service)
    {
        var key = HMACSHA256.HashData(Encoding.UTF8.GetBytes("AWS4" + secret), Encoding.UTF8.GetBytes(date));
        foreach (var part in (ReadOnlySpan<string>)[region, service, "aws4_request"])
        {
            HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part), key);
        }

        return new SigningKey(date, region, service, secret, key);
    }

    /// <summary>Appends <c>date/region/service/aws4_request</c>.</summary>
    public void AppendScope(ref CanonicalText text)
    {
        text.Append(_date);
        text.Append((byte)'/');
        text.Append(_region);
        text.Append((byte)'/');
        text.Append(_service);
        text.Append("/aws4_request"u8);
    }

    private bool IsFor(ReadOnlySpan<char> date, string region, string service, string secret) =>
        date.SequenceEqual(_date) && _region == region && _service == service && _secret == secret;
}
