namespace DataProcessor.Aws.Cbor;

internal ref partial struct CborReader
{
    /// <summary>Items inside items. Kinesis' deepest answer, SubscribeToShard's, has 4 levels.</summary>
    public const int MaxDepth = 32;

    /// <summary>Passes over an item that the caller does not know, whatever it contains.</summary>
    public void Skip() => Skip(depth: 0);

    private void Skip(int depth)
    {
        if (depth > MaxDepth)
        {
            throw new CborFormatException($"nested deeper than {MaxDepth}", _position);
        }

        switch (Peek())
        {
            case CborKind.ByteString:
                SkipString(CborKind.ByteString);
                break;
            case CborKind.TextString:
                SkipString(CborKind.TextString);
                break;
            case CborKind.Array:
                for (var items = ReadArray(); MoveNext(ref items);)
                {
                    Skip(depth + 1);
                }

                break;
            case CborKind.Map:
                for (var pairs = ReadMap(); MoveNext(ref pairs);)
                {
                    Skip(depth + 1);
                    Skip(depth + 1);
                }

                break;
            case CborKind.Tag:
                ReadHead();
                Skip(depth + 1);
                break;
            default:
                ReadHead();
                break;
        }
    }

    private void SkipString(CborKind kind)
    {
        var head = ReadHead();
        if (!head.IsIndefinite)
        {
            Advance(head.Argument);
            return;
        }

        while (!TryReadBreak())
        {
            ReadChunk(kind);
        }
    }
}
