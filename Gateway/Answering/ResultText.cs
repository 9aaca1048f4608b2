using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using DataProcessor.Gateway.Reading;

namespace DataProcessor.Gateway.Answering;

/// <summary>
/// Writes results as JSON straight into the response's memory, a block at a time: nothing is allocated for a record that
/// is stored.
/// </summary>
internal ref struct ResultText(PipeWriter body)
{
    private const int BlockBytes = 4096;

    /// <summary>Digits of a long, with its sign.</summary>
    private const int MostDigits = 20;

    private Span<byte> _block;
    private int _used;

    /// <summary>Bytes written since this was made.</summary>
    public int Length { get; private set; }

    /// <summary>
    /// <c>{"id":0,"shardId":"…","sequenceNumber":"…","subSequenceNumber":0,"attempts":1}</c> or
    /// <c>{"id":0,"errorCode":"…","message":"…","status":400}</c>.
    /// </summary>
    public void WriteResult(long id, in RecordOutcome outcome)
    {
        Write("{\"id\":"u8);
        Write(id);
        Write(","u8);
        if (outcome.Problem is { } problem)
        {
            WriteError(problem);
        }
        else
        {
            WritePlace(outcome);
        }

        Write("}"u8);
    }

    public void WritePlace(in RecordOutcome outcome)
    {
        Write(outcome.StoredIn!.Json);
        Write(",\"subSequenceNumber\":"u8);
        Write(outcome.SubSequenceNumber);
        Write(",\"attempts\":"u8);
        Write(outcome.StoredIn.Attempts);
    }

    public void WriteError(Problem problem)
    {
        Write("\"errorCode\":"u8);
        Write(problem.Kind.Code);
        Write(",\"message\":"u8);
        Write(problem.Detail);
        Write(",\"status\":"u8);
        Write(problem.Kind.Status);
    }

    public void Write(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        Advance(text.Length);
    }

    public void Write(long number)
    {
        Utf8Formatter.TryFormat(number, Room(MostDigits), out var written);
        Advance(written);
    }

    /// <summary>A string, quoted. The answer is never HTML: quotes in messages need no \u0022.</summary>
    public void Write(string text)
    {
        Write("\""u8);
        Write(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        Write("\""u8);
    }

    /// <summary>Hands what was written to the response; it still has to be flushed.</summary>
    public void Complete()
    {
        if (_used > 0)
        {
            body.Advance(_used);
        }

        _block = [];
        _used = 0;
    }

    private Span<byte> Room(int bytes)
    {
        if (_block.Length - _used < bytes)
        {
            Complete();
            _block = body.GetSpan(Math.Max(bytes, BlockBytes));
        }

        return _block[_used..];
    }

    private void Advance(int bytes)
    {
        _used += bytes;
        Length += bytes;
    }
}
