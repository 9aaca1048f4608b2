using CsCheck;
using DataProcessor.Aws.Cbor;
using Xunit;
using Foreign = System.Formats.Cbor;

namespace DataProcessor.Unit.Aws;

public sealed class CborWriterTests
{
    [Fact]
    public void Writes_the_bytes_that_another_writer_writes() => Gen.Select(
        Gen.Long.Array[0, 40], Gen.String.Array[0, 30], Gen.Byte.Array[0, 70_000]).Sample((numbers, texts, bytes) =>
    {
        var foreign = new Foreign.CborWriter(Foreign.CborConformanceMode.Lax);
        var writer = new CborWriter(capacity: 1);

        foreign.WriteStartMap(2);
        writer.WriteMap(2);
        foreign.WriteTextString("a");
        writer.WriteText("a"u8);
        foreign.WriteStartArray(numbers.Length + texts.Length);
        writer.WriteArray(numbers.Length + texts.Length);
        foreach (var number in numbers)
        {
            foreign.WriteInt64(number);
            writer.WriteInteger(number);
        }

        foreach (var text in texts)
        {
            foreign.WriteTextString(text);
            writer.WriteText(text);
        }

        foreign.WriteEndArray();
        foreign.WriteTextString("b");
        writer.WriteText("b"u8);
        foreign.WriteByteString(bytes);
        writer.WriteBytes(bytes);
        foreign.WriteEndMap();

        Assert.Equal(foreign.Encode(), writer.Written.ToArray());
        writer.Dispose();
    }, iter: 50);
}
