using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsCheck;
using DataProcessor.Gateway.KinesisApi;
using DataProcessor.Gateway.Reading;
using Xunit;

namespace DataProcessor.Unit.Gateway.KinesisApi;

/// <summary>From a body, written by the base library's codecs, to frames.</summary>
public sealed class PutCallTests
{
    private static readonly JsonSerializerOptions NothingEscaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Gen<PutRecord> AnyRecord = Gen.Select(
        Gen.String[1, 100].Where(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text),
        Gen.Byte.Array[0, 300],
        Gen.Select(Gen.ULong, Gen.ULong, (high, low) => new UInt128(high, low).ToString(CultureInfo.InvariantCulture)).Null(),
        (key, data, hashKey) => new PutRecord(key, data, hashKey));

    [Fact]
    public void Records_are_framed_as_they_were_in_either_encoding() => AnyRecord.Array[1, 30].Sample(records =>
    {
        var json = KinesisCall.Json("s", records);
        byte[][] bodies =
        [
            // By default each + of base64 and all that is not ASCII is escaped.
            Encoding.UTF8.GetBytes(json.ToJsonString()),
            Encoding.UTF8.GetBytes(json.ToJsonString(NothingEscaped)),
            KinesisCall.Cbor("s", records, isIndefinite: false),
            KinesisCall.Cbor("s", records, isIndefinite: true),
        ];
        for (var i = 0; i < bodies.Length; i++)
        {
            using var framed = new IncomingRecords();
            Assert.Null(Frame(bodies[i], i < 2 ? WireEncoding.Json : WireEncoding.Cbor, isBatch: true, framed));
            AssertAre(records, framed);
        }
    }, iter: 500);

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("""{"StreamName":7}""")]
    [InlineData("""{"Records":{}}""")]
    [InlineData("""{"Records":[1,{"Data":"","PartitionKey":"k"}]}""")]
    [InlineData("""{"Records":[{"Data":"","PartitionKey":"k"},null]}""")]
    [InlineData("""{"Records":[{"Data":"not base64"}]}""")]
    [InlineData("""{"Records":[{"Data":"aGk"}]}""")]
    [InlineData("""{"Records":[{"Data":[]}]}""")]
    [InlineData("""{"Records":[{"PartitionKey":5}]}""")]
    [InlineData("""{"StreamName":"s","Records":[{"Data":"","PartitionKey":"\ud800"}]}""")]
    public void What_is_no_call_is_a_serialization_error(string json)
    {
        using var records = new IncomingRecords();
        Assert.Equal("SerializationException", Frame(Encoding.UTF8.GetBytes(json), WireEncoding.Json, isBatch: true, records)?.Type);
    }

    [Fact]
    public void No_damage_to_a_body_does_more_than_refuse_it() => Gen.Select(
        AnyRecord.Array[1, 5], Gen.OneOf(Gen.Const(0), Gen.Const(1), Gen.Const(2)), Gen.Int[0, 5_000], Gen.Byte, Gen.Bool)
        .Sample((records, form, place, value, isCut) =>
        {
            var body = form == 0
                ? Encoding.UTF8.GetBytes(KinesisCall.Json("s", records).ToJsonString())
                : KinesisCall.Cbor("s", records, isIndefinite: form == 2);
            body[place % body.Length] = value;
            body = isCut ? body[..(place % body.Length)] : body;
            using var framed = new IncomingRecords();

            var error = Frame(body, form == 0 ? WireEncoding.Json : WireEncoding.Cbor, isBatch: true, framed);

            Assert.True(error is null || error.Status == 400);
        }, iter: 5_000);

    [Fact]
    public void Members_of_a_PutRecord_come_in_any_order_and_the_last_of_two_counts()
    {
        using var records = new IncomingRecords();
        var body = """{"PartitionKey":"a","Unknown":[{"Data":1}],"Data":"YQ==","StreamName":"s","Dat\u0061":"Yg==","Records":7,"ExplicitHashKey":null}"""u8;

        Assert.Null(Frame(body.ToArray(), WireEncoding.Json, isBatch: false, records));

        AssertAre([new("a", "b")], records);
    }

    private static KinesisError? Frame(byte[] body, WireEncoding encoding, bool isBatch, IncomingRecords records)
    {
        var call = new PutCall { IsBatch = isBatch };
        return PutCallReader.Read(body, encoding, call) ?? new PutFraming(1024 * 1024).Frame(call, body, records);
    }

    private static void AssertAre(PutRecord[] expected, IncomingRecords framed)
    {
        Assert.Equal(expected.Length, framed.Count);
        for (var i = 0; i < expected.Length; i++)
        {
            var frame = RecordFrame.Read(framed.FrameOf(i));
            Assert.Equal(expected[i].Key, Encoding.UTF8.GetString(frame.PartitionKey));
            Assert.Equal(expected[i].Data, frame.Data.ToArray());
            Assert.Equal(expected[i].HashKey is not null, frame.HasExplicitHashKey);
            Assert.Equal(
                expected[i].HashKey is { } hashKey ? HashKey.Parse(hashKey) : HashKey.FromPartitionKey(expected[i].Key), frame.HashKey);
            Assert.False(frame.IsKeyless);
        }
    }
}
