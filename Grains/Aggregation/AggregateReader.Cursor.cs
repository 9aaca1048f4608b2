namespace DataProcessor.Grains.Aggregation;

internal sealed partial class AggregateReader
{
    /// <summary>Walks the fields of one protobuf message; every method answers false on bytes that are no protobuf.</summary>
    private ref struct Cursor(ReadOnlySpan<byte> bytes, int start, int end)
    {
        private const int Varint = 0, Fixed64 = 1, LengthDelimited = 2, StartGroup = 3, EndGroup = 4, Fixed32 = 5;

        /// <summary>As in protobuf's own parsers.</summary>
        private const int MaxGroupDepth = 100;

        private const int MaxVarintSize = 10;

        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private readonly int _end = end;
        private int _position = start;

        public readonly bool IsAtEnd => _position == _end;

        public readonly Cursor Part(int start, int length) => new(_bytes, start, start + length);

        /// <summary>Field number &lt;&lt; 3 | wire type.</summary>
        public bool TryReadFieldKey(out uint key)
        {
            var isRead = TryReadVarint(out var value) && value is >= 1 << 3 and <= uint.MaxValue;
            key = isRead ? (uint)value : 0;
            return isRead;
        }

        /// <summary>An index too large for any table reads as one that no table has.</summary>
        public bool TryReadIndex(out int index)
        {
            var isRead = TryReadVarint(out var value);
            index = (int)Math.Min(value, int.MaxValue);
            return isRead;
        }

        public bool TryReadBytes(out int start, out int length)
        {
            (start, length) = (0, 0);
            if (!TryReadVarint(out var value) || value > (ulong)(_end - _position))
            {
                return false;
            }

            (start, length) = (_position, (int)value);
            _position += length;
            return true;
        }

        /// <summary>Skips the value of a field that we do not know.</summary>
        public bool TrySkip(uint key, int depth = 0) => (key & 7) switch
        {
            Varint => TryReadVarint(out _),
            Fixed64 => TryAdvance(sizeof(ulong)),
            LengthDelimited => TryReadBytes(out _, out _),
            StartGroup => depth < MaxGroupDepth && TrySkipGroup(key, depth + 1),
            Fixed32 => TryAdvance(sizeof(uint)),
            _ => false,
        };

        private bool TrySkipGroup(uint startKey, int depth)
        {
            var endKey = startKey - StartGroup + EndGroup;
            while (TryReadFieldKey(out var key))
            {
                if (key == endKey)
                {
                    return true;
                }

                if (!TrySkip(key, depth))
                {
                    return false;
                }
            }

            return false;
        }

        private bool TryAdvance(int count)
        {
            if (count > _end - _position)
            {
                return false;
            }

            _position += count;
            return true;
        }

        private bool TryReadVarint(out ulong value)
        {
            value = 0;
            for (var i = 0; i < MaxVarintSize && _position < _end; i++)
            {
                var next = _bytes[_position++];
                value |= (ulong)(next & 0x7F) << (7 * i);
                if (next < 0x80)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
