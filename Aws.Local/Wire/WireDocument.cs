using System.Buffers;
using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire;

/// <summary>
/// A request body as a flat list of tokens that point into it: the same for both encodings, so that each operation reads
/// its parameters once, and without a copy of the records' data.
/// </summary>
internal sealed class WireDocument(WireEncoding encoding) : IDisposable
{
    /// <summary>A full PutRecords has 3,504; anything near this is no request of ours.</summary>
    private const int MaxTokens = 100_000;
    private const int MaxDepth = 32;

    private readonly Stack<(int Start, int Items)> _open = new();
    private WireToken[] _tokens = ArrayPool<WireToken>.Shared.Rent(256);
    private int _count;

    public WireEncoding Encoding => encoding;

    public WireValue Root => _count > 0 ? new WireValue(this, 0) : throw ServiceErrors.Serialization("The request body is empty.");

    public ref readonly WireToken this[int index] => ref _tokens[index];

    /// <summary>Index of the first token behind the value.</summary>
    public int After(int index) => _tokens[index].Kind is WireKind.Map or WireKind.List ? _tokens[index].Next : index + 1;

    public void Open(WireKind kind)
    {
        if (_open.Count == MaxDepth)
        {
            throw ServiceErrors.Serialization($"The request body is nested deeper than {MaxDepth} levels.");
        }

        _open.Push((Add(new WireToken { Kind = kind }), 0));
    }

    public void Close() => _tokens[_open.Pop().Start].Next = _count;

    public int Add(in WireToken token)
    {
        if (_open.TryPop(out var parent))
        {
            var isName = _tokens[parent.Start].Kind == WireKind.Map && parent.Items % 2 == 0;
            if (isName && token.Kind != WireKind.Text)
            {
                throw ServiceErrors.Serialization("A member of the request body has no name.");
            }

            _open.Push((parent.Start, parent.Items + 1));
        }

        if (_count == _tokens.Length)
        {
            Grow();
        }

        _tokens[_count] = token;
        return _count++;
    }

    public void Dispose()
    {
        ArrayPool<WireToken>.Shared.Return(_tokens, clearArray: true);
        _tokens = [];
        _count = 0;
    }

    private void Grow()
    {
        if (_count >= MaxTokens)
        {
            throw ServiceErrors.Serialization($"The request body has more than {MaxTokens} values.");
        }

        var grown = ArrayPool<WireToken>.Shared.Rent(_count * 2);
        _tokens.AsSpan(0, _count).CopyTo(grown);
        ArrayPool<WireToken>.Shared.Return(_tokens, clearArray: true);
        _tokens = grown;
    }
}
