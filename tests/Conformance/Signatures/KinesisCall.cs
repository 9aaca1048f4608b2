using System.Text;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Conformance.Harness;

namespace DataProcessor.Conformance.Signatures;

/// <summary>A call of <see cref="KinesisClient"/> with an answer that satisfies it.</summary>
internal sealed record KinesisCall(string Name, string Answer, Func<KinesisClient, CancellationToken, Task> Send)
{
    public Task SendAsync(KinesisClient client, RecordingHandler handler, CancellationToken cancellationToken)
    {
        handler.Answer = Encoding.UTF8.GetBytes(Answer);
        return Send(client, cancellationToken);
    }
}
