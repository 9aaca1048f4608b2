using System.Buffers;
using System.Text;

namespace DataProcessor.Aws.Signing;

/// <summary>Builds UTF-8 text on the caller's stack, or in a pooled buffer when that is too small (long session tokens).</summary>
internal ref struct CanonicalText(Span<byte> initial)
{
    private Span<byte> _buffer = initial;
    private byte[]? _rented;
    private int _length;

    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    public void Append(ReadOnlySpan<char> text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        _length += Encoding.UTF8.GetBytes(text, _buffer[_length..]);
    }

    public void Append(byte value)
    {
        Reserve(1);
        _buffer[_length++] = value;
    }

    public void Append(scoped ReadOnlySpan<byte> utf8)
    {
        Reserve(utf8.Length);
        utf8.CopyTo(_buffer[_length..]);
        _length += utf8.Length;
    }

    public void AppendHex(scoped ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length * 2);
        Convert.TryToHexStringLower(bytes, _buffer[_length..], out var written);
        _length += written;
    }

    /// <summary>A header's value: trimmed, runs of spaces made one.</summary>
    public void AppendHeaderValue(ReadOnlySpan<char> value)
    {
        value = value.Trim(' ');
        for (var run = value.IndexOf("  ", StringComparison.Ordinal); run >= 0; run = value.IndexOf("  ", StringComparison.Ordinal))
        {
            Append(value[..(run + 1)]);
            value = value[run..].TrimStart(' ');
        }

        Append(value);
    }

    public void Dispose()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - _length >= count)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + count));
        Written.CopyTo(larger);
        Dispose();
        _rented = larger;
        _buffer = larger;
    }
}
