using System.Text;
using System.Text.Json;
using CsCheck;
using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Reading;
using Xunit;

namespace DataProcessor.Unit.Gateway;

public class RecordParserTests
{
    private static readonly RecordParser Parser = new(maxRecords: 4, maxRecordBytes: 100);

    /// <summary>Text with everything that JSON escapes, and characters of one to four UTF-8 bytes.</summary>
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Char[' ', '~'].Select(char.ToString),
        Gen.OneOf("\"", "\\", "/", "\n", "\u0000", "\u001f", "ä", "€", "😀", "\uFFFF", "\u2028"))
        .Array[1, 20].Select(string.Concat);

    [Fact]
    public void A_record_is_what_a_JSON_serializer_meant()
    {
        var gen = Gen.Select(Text, Gen.Null(Text), Gen.Bool, Gen.Bool);
        gen.Sample((data, key, keyFirst, escapeAll) =>
        {
            var properties = new List<string> { $"\"data\":{Quote(data, escapeAll)}", $"\"extra\":[{{\"data\":{Quote(data, escapeAll)}}}]" };
            if (key is not null)
            {
                properties.Insert(keyFirst ? 0 : 1, $"{Quote("partitionKey", escapeAll)}:{Quote(key, escapeAll)}");
            }

            using var records = new IncomingRecords();
            var body = $"{{{string.Join(",", properties)}}}";
            using var reference = JsonDocument.Parse(body);
            Assert.Null(new RecordParser(1, 1000).Parse(Encoding.UTF8.GetBytes(body), BodyFormat.Json, records));

            var frame = RecordFrame.Read(records.FrameOf(0));
            Assert.Equal(reference.RootElement.GetProperty("data").GetString(), Encoding.UTF8.GetString(frame.Data));
            Assert.Equal(key ?? RecordFrame.KeylessPartitionKey, Encoding.UTF8.GetString(frame.PartitionKey));
            Assert.Equal(key is null, frame.IsKeyless);
            Assert.Equal(key is null ? HashKey.Min : HashKey.FromPartitionKey(key), frame.HashKey);
            Assert.False(frame.HasExplicitHashKey);
        });
    }

    [Fact]
    public void Random_bytes_are_refused_or_parsed_and_never_throw() =>
        Gen.Select(Gen.OneOf("{\"data\":\"\\ud83d", "[{\"data\":\"", "{\"dat\\u0061\":\"x\",\"", "{\"\\ud800\":1,\"data\":\"\xff", ""), Gen.Byte.Array[0, 40], Gen.Bool)
            .Sample((start, rest, lines) =>
            {
                using var records = new IncomingRecords();
                byte[] body = [.. Encoding.Latin1.GetBytes(start), .. rest];
                var problem = Parser.Parse(body, lines ? BodyFormat.Lines : BodyFormat.Json, records);
                Assert.True(problem is null || problem.Kind.Status is 400 or 413);
            });

    [Theory]
    [InlineData("""{"data":"x","explicitHashKey":"0"}""", "0")]
    [InlineData("""{"data":"x","explicitHashKey":"0007","partitionKey":"k"}""", "7")]
    [InlineData("""{"data":"x","explicitHashKey":"340282366920938463463374607431768211455"}""", "340282366920938463463374607431768211455")]
    public void An_explicit_hash_key_routes_a_record(string body, string hash)
    {
        using var records = Parse(body);
        var frame = RecordFrame.Read(records.FrameOf(0));
        Assert.Equal(HashKey.Parse(hash), frame.HashKey);
        Assert.True(frame is { HasExplicitHashKey: true, IsKeyless: false });
    }

    [Theory]
    [InlineData("""{"data":""}""", "")]
    [InlineData("""{"data":"a","data":"b"}""", "b")]
    [InlineData("""{"data":1,"data":"b"}""", "b")]
    [InlineData("\uFEFF{\"data\":\"b\"}", "b")]
    [InlineData("""{"data":"b","partitionKey":null,"explicitHashKey":null}""", "b")]
    public void Lenient_cases_are_taken(string body, string data)
    {
        using var records = Parse(body);
        Assert.Equal(data, Encoding.UTF8.GetString(RecordFrame.Read(records.FrameOf(0)).Data));
    }

    [Theory]
    [InlineData("{}", "MissingData")]
    [InlineData("""{"Data":"x"}""", "MissingData")]
    [InlineData("""{"data":null}""", "MissingData")]
    [InlineData("""{"data":"QUI=","encoding":"base32"}""", "InvalidData")]
    [InlineData("""{"data":"QUI=","encoding":true}""", "InvalidData")]
    [InlineData("""{"data":"QUI","encoding":"base64"}""", "InvalidData")]
    [InlineData("""{"data":"Q-_=","encoding":"base64"}""", "InvalidData")]
    [InlineData("""{"data":[1],"encoding":"base64"}""", "InvalidData")]
    [InlineData("{\"data\":[\"\u00ff\"]}", "InvalidData")]
    [InlineData("""{"data":"\ud800"}""", "InvalidData")]
    [InlineData("{\"data\":\"\u00ff\"}", "InvalidData")]
    [InlineData("""{"data":"x","partitionKey":""}""", "InvalidPartitionKey")]
    [InlineData("""{"data":"x","partitionKey":7}""", "InvalidPartitionKey")]
    [InlineData("""{"data":"x","partitionKey":"\udc00"}""", "InvalidPartitionKey")]
    [InlineData("""{"data":"x","explicitHashKey":7}""", "InvalidExplicitHashKey")]
    [InlineData("""{"data":"x","explicitHashKey":""}""", "InvalidExplicitHashKey")]
    [InlineData("""{"data":"x","explicitHashKey":"-1"}""", "InvalidExplicitHashKey")]
    [InlineData("""{"data":"x","explicitHashKey":"0x7"}""", "InvalidExplicitHashKey")]
    [InlineData("""{"data":"x","explicitHashKey":"340282366920938463463374607431768211456"}""", "InvalidExplicitHashKey")]
    [InlineData("7", "InvalidRecord")]
    [InlineData("null", "InvalidRecord")]
    [InlineData("[{\"data\":\"x\"}]", "InvalidRecord")]
    public void A_bad_record_fails_by_itself(string record, string code)
    {
        using var records = new IncomingRecords();
        var body = Encoding.Latin1.GetBytes($"[{{\"data\":\"before\"}},{record},{{\"data\":\"after\"}}]");

        Assert.Null(Parser.Parse(body, BodyFormat.Json, records));

        Assert.Equal(3, records.Count);
        Assert.Equal(code, records.OutcomeOf(1).Problem?.Kind.Code);
        Assert.Equal([0, 2], records.Open());
    }

    [Fact]
    public void A_record_may_have_its_most_bytes_and_a_key_its_most_characters()
    {
        var parser = new RecordParser(10, maxRecordBytes: 2000);
        var longest = new string('€', 256);
        using var records = new IncomingRecords();
        var body = $$"""
            [{"data":"{{new string('x', 2000 - 768)}}","partitionKey":"{{longest}}"},
             {"data":"{{new string('x', 2001 - 768)}}","partitionKey":"{{longest}}"},
             {"data":"","partitionKey":"{{longest}}x"}]
            """;

        Assert.Null(parser.Parse(Encoding.UTF8.GetBytes(body), BodyFormat.Json, records));

        Assert.Equal([0], records.Open());
        Assert.Equal(ProblemKind.RecordTooLarge, records.OutcomeOf(1).Problem?.Kind);
        Assert.Equal(ProblemKind.InvalidPartitionKey, records.OutcomeOf(2).Problem?.Kind);
    }

    [Fact]
    public void A_line_that_is_no_JSON_fails_by_itself_and_blank_lines_do_not_count()
    {
        using var records = new IncomingRecords();
        var body = "\n{\"data\":\"0\"}\r\n \t\n{\"data\":\"1\"} x\n{\"data\":\n{\"data\":\"3\"}"u8;

        Assert.Null(Parser.Parse(body, BodyFormat.Lines, records));

        Assert.True(records.IsBatch);
        Assert.Equal(4, records.Count);
        Assert.Equal([0, 3], records.Open());
        Assert.StartsWith("Line 4 is not valid JSON at byte 13:", records.OutcomeOf(1).Problem?.Detail);
        Assert.Equal("3"u8, RecordFrame.Read(records.FrameOf(3)).Data);
    }

    [Theory]
    [InlineData("", "EmptyBody")]
    [InlineData(" \n", "EmptyBody")]
    [InlineData("[]", "EmptyBody")]
    [InlineData("{", "InvalidJson")]
    [InlineData("{'data':1}", "InvalidJson")]
    [InlineData("[{\"data\":\"x\"},]", "InvalidJson")]
    [InlineData("[{\"data\":\"x\"}", "InvalidJson")]
    [InlineData("{\"data\":\"x\"}\n{\"data\":\"y\"}", "InvalidJson")]
    [InlineData("[1,2,3,4,5]", "TooManyRecords")]
    public void A_body_is_refused_as_a_whole(string body, string code)
    {
        using var records = new IncomingRecords();
        Assert.Equal(code, Parser.Parse(Encoding.UTF8.GetBytes(body), BodyFormat.Json, records)?.Kind.Code);
    }

    [Fact]
    public void The_byte_position_of_an_error_counts_from_the_start_of_the_body()
    {
        using var records = new IncomingRecords();
        var problem = Parser.Parse("[\n{\"data\":\"€\"},\n{\"data\":x}]"u8, BodyFormat.Json, records);
        Assert.Contains(" at byte 26: 'x' is an invalid start of a value.", problem?.Detail, StringComparison.Ordinal);
    }

    private static IncomingRecords Parse(string body)
    {
        var records = new IncomingRecords();
        Assert.Null(Parser.Parse(Encoding.UTF8.GetBytes(body), BodyFormat.Json, records));
        Assert.Single(records.Open());
        return records;
    }

    private static string Quote(string text, bool escapeAll) => escapeAll
        ? $"\"{string.Concat(text.Select(character => $"\\u{(int)character:x4}"))}\""
        : JsonSerializer.Serialize(text);
}
