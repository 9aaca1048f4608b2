using System.Buffers;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace DataProcessor.Aws.Local.Wire;

/// <summary>
/// Lets one plain-text port serve HTTP/1.1 and HTTP/2 with prior knowledge, which the JavaScript SDK speaks. Kestrel chooses
/// the protocol by TLS' negotiation only, so a connection that opens with HTTP/2's preface is given its outcome.
/// </summary>
internal static class PriorKnowledgeHttp2
{
    private static readonly byte[] Preface = "PRI "u8.ToArray();

    /// <summary>Kestrel's own keep-alive time-out, which begins only after this.</summary>
    private static readonly TimeSpan FirstByteTimeout = TimeSpan.FromSeconds(130);

    public static ConnectionDelegate Wrap(ConnectionDelegate next, TimeProvider time) => async connection =>
    {
        if (await StartsWithPrefaceAsync(connection, time))
        {
            connection.Features.Set<ITlsConnectionFeature>(new NoTls());
            connection.Features.Set<ITlsApplicationProtocolFeature>(new NegotiatedHttp2());
        }

        await next(connection);
    };

    private static async Task<bool> StartsWithPrefaceAsync(ConnectionContext connection, TimeProvider time)
    {
        using var timeout = new CancellationTokenSource(FirstByteTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, connection.ConnectionClosed);
        while (true)
        {
            var read = await connection.Transport.Input.ReadAsync(stop.Token);
            var matches = Matches(read.Buffer);
            var isUndecided = matches && read.Buffer.Length < Preface.Length && !read.IsCompleted;
            connection.Transport.Input.AdvanceTo(read.Buffer.Start, isUndecided ? read.Buffer.End : read.Buffer.Start);
            if (!isUndecided)
            {
                return matches && read.Buffer.Length >= Preface.Length;
            }
        }
    }

    private static bool Matches(ReadOnlySequence<byte> buffer)
    {
        Span<byte> first = stackalloc byte[Preface.Length];
        var length = (int)Math.Min(buffer.Length, Preface.Length);
        buffer.Slice(0, length).CopyTo(first);
        return first[..length].SequenceEqual(Preface.AsSpan(0, length));
    }

    private sealed class NegotiatedHttp2 : ITlsApplicationProtocolFeature
    {
        public ReadOnlyMemory<byte> ApplicationProtocol { get; } = "h2"u8.ToArray();
    }

    private sealed class NoTls : ITlsConnectionFeature
    {
        public X509Certificate2? ClientCertificate { get; set; }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) =>
            Task.FromResult<X509Certificate2?>(null);
    }
}
