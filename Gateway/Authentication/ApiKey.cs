using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace DataProcessor.Gateway.Authentication;

/// <summary>
/// The text that a client shows. 256 random bits: nobody guesses them, so one SHA-256 keeps a configured hash from being
/// turned back, and no slow hash for passwords is needed.
/// </summary>
public static class ApiKey
{
    /// <summary>Bytes of a hash.</summary>
    internal const int HashLength = SHA256.HashSizeInBytes;

    /// <summary>Lets secret scanners find keys in places where they should not be.</summary>
    private const string Prefix = "dpk_";

    private const int RandomBytes = 32;

    /// <summary>A new key.</summary>
    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>What <see cref="ApiKeyOptions.Hash"/> takes.</summary>
    public static string HashOf(string key)
    {
        Span<byte> hash = stackalloc byte[HashLength];
        Hash(key, hash);
        return Convert.ToHexStringLower(hash);
    }

    internal static void Hash(string key, Span<byte> hash) => SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
}
