using System.Text;
using CsCheck;
using DataProcessor.Aws.Cbor;
using Xunit;
using Foreign = System.Formats.Cbor;

namespace DataProcessor.Unit.Aws;

public sealed class CborReaderTests
{
    [Fact]
    public void Reads_what_another_writer_wrote() => CborNode.Any.Sample(node =>
    {
        var reader = new CborReader(node.Encode());
        AssertReads(ref reader, node);
        reader.EnsureEnd();
    });

    [Fact]
    public void Skips_any_item_and_stands_behind_it() => CborNode.Any.Sample(node =>
    {
        var reader = new CborReader([.. node.Encode(), 0x18, 0x2A]);
        reader.Skip();
        Assert.Equal(42, reader.ReadInt64());
        reader.EnsureEnd();
    });

    [Fact]
    public void Takes_and_refuses_the_same_bytes_as_another_reader()
    {
        // Half of them begin as something valid, else almost everything ends at the first byte.
        var noise = Gen.Byte.Array[1, 12];
        var torn = Gen.Select(CborNode.Any, Gen.Byte, Gen.Int[0, 1_000], (node, value, at) =>
        {
            var bytes = node.Encode();
            bytes[at % bytes.Length] = value;
            return bytes;
        });
        var refused = 0;
        Gen.OneOf(noise, torn).Sample(bytes =>
        {
            var theirs = ForeignAccepts(bytes);
            var ours = Accepts(bytes);
            Interlocked.Add(ref refused, ours ? 0 : 1);
            Assert.Equal(theirs, ours);
        }, iter: 2_000);
        Assert.True(refused > 0);
    }

    [Fact]
    public void Refuses_nesting_beyond_its_depth()
    {
        byte[] deep = [.. Enumerable.Repeat((byte)0x81, CborReader.MaxDepth), 0x00];
        byte[] tooDeep = [0x81, .. deep];

        Assert.True(Accepts(deep));
        Assert.False(Accepts(tooDeep));
    }

    [Fact]
    public void Does_not_believe_a_length_that_the_input_cannot_hold()
    {
        byte[] fourBillionItems = [0x9A, 0xFF, 0xFF, 0xFF, 0xFF, 0x00];
        byte[] longestString = [0x5B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00];

        Assert.Throws<CborFormatException>(() => new CborReader(fourBillionItems).ReadArray());
        Assert.Throws<CborFormatException>(() => new CborReader(longestString).ReadBytesRange());
    }

    [Fact]
    public void Reads_float_timestamps_as_seconds_and_integers_as_milliseconds()
    {
        var expected = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);

        Assert.Equal(expected, ReadTimestamp(writer => writer.WriteDouble(1_700_000_000.123)));
        Assert.Equal(expected, ReadTimestamp(writer => writer.WriteInt64(1_700_000_000_123)));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(3), ReadTimestamp(writer => writer.WriteHalf((Half)3)));
        Assert.Throws<CborFormatException>(() => ReadTimestamp(writer => writer.WriteDouble(double.NaN)));
        Assert.Throws<CborFormatException>(() => ReadTimestamp(writer => writer.WriteInt64(long.MaxValue)));
        Assert.Throws<CborFormatException>(() => ReadTimestamp(writer => writer.WriteBoolean(true)));
    }

    private static DateTimeOffset ReadTimestamp(Action<Foreign.CborWriter> write)
    {
        var writer = new Foreign.CborWriter();
        writer.WriteTag(Foreign.CborTag.UnixTimeSeconds);
        write(writer);
        return new CborReader(writer.Encode()).ReadTimestamp();
    }

    private static bool Accepts(byte[] bytes)
    {
        var reader = new CborReader((byte[])bytes.Clone());
        try
        {
            reader.Skip();
            reader.EnsureEnd();
            return true;
        }
        catch (CborFormatException)
        {
            return false;
        }
    }

    private static bool ForeignAccepts(byte[] bytes)
    {
        var reader = new Foreign.CborReader(bytes, Foreign.CborConformanceMode.Lax);
        try
        {
            reader.SkipValue();
            return reader.BytesRemaining == 0;
        }
        catch (Exception e) when (e is Foreign.CborContentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static void AssertReads(ref CborReader reader, CborNode expected)
    {
        switch (expected)
        {
            case CborNode.Integer node:
                Assert.Equal(node.Value, reader.ReadInt64());
                break;
            case CborNode.Float:
                Assert.Equal(CborKind.SimpleOrFloat, reader.Peek());
                reader.Skip();
                break;
            case CborNode.Null:
                Assert.True(reader.TryReadNull());
                break;
            case CborNode.Milliseconds node:
                Assert.Equal(node.Value, reader.ReadTimestamp().ToUnixTimeMilliseconds());
                break;
            case CborNode.Text node:
                Assert.Equal(Utf8(node.IsIndefinite ? node.Chunks : [node.Whole]), reader.ReadText().ToArray());
                break;
            case CborNode.Bytes node:
                Assert.Equal(node.Whole, reader.ReadBytes().ToArray());
                break;
            case CborNode.Items node:
                var items = reader.ReadArray();
                foreach (var value in node.Values)
                {
                    Assert.True(reader.MoveNext(ref items));
                    AssertReads(ref reader, value);
                }

                Assert.False(reader.MoveNext(ref items));
                break;
            case CborNode.Pairs node:
                var pairs = reader.ReadMap();
                foreach ((var key, var value) in node.Values)
                {
                    Assert.True(reader.MoveNext(ref pairs));
                    Assert.Equal(Encoding.UTF8.GetBytes(key), reader.ReadText().ToArray());
                    AssertReads(ref reader, value);
                }

                Assert.False(reader.MoveNext(ref pairs));
                break;
        }
    }

    private static byte[] Utf8(string[] chunks) => [.. chunks.SelectMany(Encoding.UTF8.GetBytes)];
}
