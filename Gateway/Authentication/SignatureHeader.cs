namespace DataProcessor.Gateway.Authentication;

/// <summary>
/// <c>Authorization: AWS4-HMAC-SHA256 Credential=ID/20260131/us-east-1/kinesis/aws4_request, SignedHeaders=host;…,
/// Signature=…</c>
/// </summary>
internal sealed record SignatureHeader(
    string AccessKeyId, string Date, string Region, string Service, string SignedHeaders, string Signature)
{
    private const string Algorithm = "AWS4-HMAC-SHA256 ";
    private const string Terminator = "aws4_request";

    /// <summary>Null when the text has not all of that, once each and nothing else.</summary>
    public static SignatureHeader? Parse(string text)
    {
        if (!text.StartsWith(Algorithm, StringComparison.Ordinal))
        {
            return null;
        }

        string? credential = null, signedHeaders = null, signature = null;
        foreach (var part in text[Algorithm.Length..].Split(','))
        {
            var isKnown = TryTake(part, "Credential=", ref credential)
                || TryTake(part, "SignedHeaders=", ref signedHeaders)
                || TryTake(part, "Signature=", ref signature);
            if (!isKnown)
            {
                return null;
            }
        }

        return credential?.Split('/') is [var id, var date, var region, var service, Terminator] && signedHeaders is not null && signature is not null
            ? new(id, date, region, service, signedHeaders, signature)
            : null;
    }

    private static bool TryTake(string part, string name, ref string? value)
    {
        part = part.Trim(' ');
        if (value is not null || !part.StartsWith(name, StringComparison.Ordinal))
        {
            return false;
        }

        value = part[name.Length..];
        return true;
    }
}
