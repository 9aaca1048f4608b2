using System.Text;
using System.Text.Json;
using CsCheck;
using DataProcessor.Gateway.Reading;
using Xunit;

namespace DataProcessor.Unit.Gateway;

/// <summary>What is stored of a record's data, and where its key comes from.</summary>
public class RecordDataTests
{
    private static readonly RecordParser Parser = new(10, 1024 * 1024);

    [Theory]
    [InlineData("""{"data":{"a": [1, "é\u0041"]}}""", """{"a": [1, "é\u0041"]}""")]
    [InlineData("""{"data": [ 1,{} ] }""", "[ 1,{} ]")]
    [InlineData("""{"data":-1.50e3}""", "-1.50e3")]
    [InlineData("""{"data":true}""", "true")]
    [InlineData("""{"data":false,"other":1}""", "false")]
    [InlineData("""{"data":"\"quoted\""}""", "\"quoted\"")]
    [InlineData("""{"data":"QUI=","encoding":"base64"}""", "AB")]
    [InlineData("""{"encoding":"base64","data":"Q\u0055I="}""", "AB")]
    [InlineData("""{"data":"","encoding":"base64"}""", "")]
    [InlineData("""{"data":"QUI=","encoding":null}""", "QUI=")]
    public void Data_is_a_strings_text_the_bytes_it_encodes_or_any_other_values_JSON(string record, string stored) =>
        Assert.Equal(stored, Read(record).Data);

    [Theory]
    [InlineData("""{"data":{"id":"d1","x":1}}""", "d1")]
    [InlineData("""{"data":{"id":17}}""", "17")]
    [InlineData("""{"data":{"id":true}}""", "true")]
    [InlineData("""{"data":{"\u0069d":"e\u0041"}}""", "eA")]
    [InlineData("""{"data":{"id":"a","id":"b"}}""", "b")]
    [InlineData("""{"data":{"id":"in"},"id":"beside"}""", "in")]
    [InlineData("""{"id":"beside","data":"text"}""", "beside")]
    [InlineData("""{"data":"QUI=","encoding":"base64","id":"beside"}""", "beside")]
    [InlineData("""{"data":{"id":"d1"},"partitionKey":"own"}""", "own")]
    [InlineData("""{"data":{},"partitionKey":"own"}""", "own")]
    public void A_key_field_is_the_datas_else_the_records_unless_it_has_a_partition_key(string record, string key)
    {
        var (_, found, hash, isKeyless) = Read(record, "id");
        Assert.Equal(key, found);
        Assert.Equal(HashKey.FromPartitionKey(key), hash);
        Assert.False(isKeyless);
    }

    [Theory]
    [InlineData("""{"data":{"x":{"id":"too deep"}}}""")]
    [InlineData("""{"data":{},"id":"beside an object is not looked at"}""")]
    [InlineData("""{"data":{"id":null}}""")]
    [InlineData("""{"data":{"id":["a"]}}""")]
    [InlineData("""{"data":{"id":""}}""")]
    [InlineData("""{"data":"text"}""")]
    public void A_record_without_the_key_field_fails_rather_than_lose_its_order(string record)
    {
        using var records = new IncomingRecords();
        Assert.Null(Parser.Parse(Encoding.UTF8.GetBytes(record), BodyFormat.Json, records, "id"u8));
        Assert.Equal("InvalidPartitionKey", records.OutcomeOf(0).Problem?.Kind.Code);
    }

    [Fact]
    public void Any_bytes_come_back_from_base64_and_any_JSON_as_it_stands() =>
        Gen.Select(Gen.Byte.Array[0, 300], Json(3)).Sample((bytes, json) =>
        {
            using var records = new IncomingRecords();
            var body = $$"""[{"data":"{{Convert.ToBase64String(bytes)}}","encoding":"base64"},{"data":{{json}}}]""";
            Assert.Null(Parser.Parse(Encoding.UTF8.GetBytes(body), BodyFormat.Json, records));
            Assert.Equal(bytes, RecordFrame.Read(records.FrameOf(0)).Data);
            Assert.Equal(Encoding.UTF8.GetBytes(json), RecordFrame.Read(records.FrameOf(1)).Data);
        });

    private static Gen<string> Json(int depth)
    {
        var scalar = Gen.OneOf(
            Gen.Int.Select(number => $"{number}"),
            Gen.Bool.Select(value => value ? "true" : "false"));
        var text = Gen.String[Gen.Char.AlphaNumeric, 0, 5].Select(text => JsonSerializer.Serialize(text + "\"é\n"));
        return depth == 0 ? scalar : Gen.OneOf(
            scalar,
            Gen.OneOf(scalar, text, Json(depth - 1)).Array[0, 4].Select(items => $"[ {string.Join(" , ", items)}]"),
            Gen.Select(text, Json(depth - 1), (name, value) => $"{{{name} :\t{value} }}"));
    }

    private static (string Data, string Key, HashKey Hash, bool IsKeyless) Read(string record, string keyField = "")
    {
        using var records = new IncomingRecords();
        Assert.Null(Parser.Parse(Encoding.UTF8.GetBytes(record), BodyFormat.Json, records, Encoding.UTF8.GetBytes(keyField)));
        Assert.Null(records.OutcomeOf(0).Problem);
        var frame = RecordFrame.Read(records.FrameOf(0));
        return (Encoding.UTF8.GetString(frame.Data), Encoding.UTF8.GetString(frame.PartitionKey), frame.HashKey, frame.IsKeyless);
    }
}
