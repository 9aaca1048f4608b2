using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Leases;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Reading;

/// <summary>What a <see cref="ShardReader"/> is made of.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Shard">The shard.</param>
/// <param name="Owner">Name of this one reader in the lease; never used by another.</param>
/// <param name="Client">Reads the stream.</param>
/// <param name="Consumers">The silo's.</param>
/// <param name="Room">The silo's.</param>
/// <param name="Application">Name of the application, and of its consumer.</param>
/// <param name="Leases">The application's.</param>
/// <param name="Processor">The user's; this reader's alone.</param>
/// <param name="ProcessorScope">Disposed with the reader.</param>
/// <param name="Options">Validated.</param>
/// <param name="Time">Paces, times out, dates.</param>
/// <param name="Random">Jitter; this reader's alone.</param>
/// <param name="Instruments">Tagged for the shard.</param>
/// <param name="Logger">Transitions and failures.</param>
internal sealed record ShardReaderParts(
    StreamIdentity Stream,
    Shard Shard,
    string Owner,
    KinesisClient Client,
    StreamConsumers Consumers,
    PageRoom Room,
    string Application,
    LeaseTable Leases,
    IRecordProcessor Processor,
    IAsyncDisposable ProcessorScope,
    ReaderOptions Options,
    TimeProvider Time,
    Random Random,
    ShardInstruments Instruments,
    ILogger Logger);
