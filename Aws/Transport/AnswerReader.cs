using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Aws.Transport;

/// <summary>Makes of a 2xx response what its caller is to have.</summary>
/// <param name="operation">The operation that was called.</param>
/// <param name="response">The reader's to dispose, when it fails as well.</param>
/// <param name="attempt">Cancelled when the attempt's time is over.</param>
/// <exception cref="KinesisException">The answer is an error after all, or cannot be read.</exception>
internal delegate ValueTask<TAnswer> AnswerReader<TAnswer>(
    KinesisOperation operation, HttpResponseMessage response, CancellationToken attempt);
