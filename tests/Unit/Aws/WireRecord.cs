using Foreign = System.Formats.Cbor;

namespace DataProcessor.Unit.Aws;

/// <summary>A record of a <see cref="WirePage"/>.</summary>
internal sealed record WireRecord(string SequenceNumber, string PartitionKey, byte[] Data, long Milliseconds)
{
    public void Write(Foreign.CborWriter writer, WireForm form)
    {
        var isIndefinite = form is WireForm.CborOfIndefiniteLengths;
        writer.WriteStartMap(isIndefinite ? null : 4);
        writer.WriteTextString("SequenceNumber");
        writer.WriteTextString(SequenceNumber);
        writer.WriteTextString("ApproximateArrivalTimestamp");
        writer.WriteTag(Foreign.CborTag.UnixTimeSeconds);
        writer.WriteInt64(Milliseconds);
        writer.WriteTextString("Data");
        if (isIndefinite)
        {
            writer.WriteStartIndefiniteLengthByteString();
            writer.WriteByteString(Data.AsSpan(0, Data.Length / 3));
            writer.WriteByteString(Data.AsSpan(Data.Length / 3));
            writer.WriteEndIndefiniteLengthByteString();
        }
        else if (form is WireForm.CborWithDataInBase64)
        {
            writer.WriteTextString(Convert.ToBase64String(Data));
        }
        else
        {
            writer.WriteByteString(Data);
        }

        writer.WriteTextString("PartitionKey");
        writer.WriteTextString(PartitionKey);
        writer.WriteEndMap();
    }
}
