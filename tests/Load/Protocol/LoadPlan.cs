namespace DataProcessor.Load.Protocol;

/// <summary>What a generator process sends, and where to; exactly one of the shapes is set.</summary>
/// <param name="Targets">Connections are spread over them in turn.</param>
/// <param name="Connections">Each has one request under way at the most.</param>
internal sealed record LoadPlan(Uri[] Targets, int Connections, PostShape? Post = null, PutShape? Put = null);

/// <summary>Requests to a gateway.</summary>
/// <param name="RecordsPerRequest">1 posts a JSON object, more post NDJSON.</param>
/// <param name="DataBytes">Of one record.</param>
/// <param name="Keys">Of the records.</param>
internal sealed record PostShape(int RecordsPerRequest, int DataBytes, KeyMode Keys);

/// <summary>PutRecords calls to a Kinesis, as our producer writes them: CBOR, with an explicit hash key, signed.</summary>
/// <param name="Stream">Its shards are served in turn.</param>
/// <param name="KinesisRecordsPerCall">Aggregates, or single records.</param>
/// <param name="AggregateBytes">Largest aggregate; 0 sends each user record alone.</param>
/// <param name="DataBytes">Of one user record.</param>
/// <param name="Keys">Of the user records.</param>
internal sealed record PutShape(string Stream, int KinesisRecordsPerCall, int AggregateBytes, int DataBytes, KeyMode Keys);

/// <summary>What a generator says when its connections are open.</summary>
/// <param name="RecordsPerRequest">User records of each request; of calls to a Kinesis on an average.</param>
internal sealed record GeneratorReady(int Pid, double RecordsPerRequest);

/// <summary>One stretch of load.</summary>
/// <param name="Seconds">For so long requests are begun; what is under way then is waited for.</param>
/// <param name="RequestsPerSecond">
/// Open loop: requests are due at this rate, however slow the answers are, and latency counts from when a request was due.
/// Null is the closed loop: each connection sends as soon as it has its answer.
/// </param>
/// <param name="IsPoisson">Whether the gaps of an open loop are random, as with many clients that know nothing of each other.</param>
internal sealed record LoadPhase(double Seconds, double? RequestsPerSecond = null, bool IsPoisson = false);

/// <summary>What became of a phase.</summary>
/// <param name="Seconds">From its first request to its last answer.</param>
/// <param name="Requests">That were sent.</param>
/// <param name="Acknowledged">User records that the answers said are stored.</param>
/// <param name="AcknowledgedChecksum">Sum of the <see cref="NumberedPayload.Checksum"/> of whole requests acknowledged.</param>
/// <param name="Refused">Requests answered 429.</param>
/// <param name="Partial">Requests answered 207: some of their records are stored.</param>
/// <param name="Failed">Requests with any other answer, or with none.</param>
/// <param name="FirstFailure">What one of the partial or failed ones was answered.</param>
/// <param name="Latency">Of the requests answered 200.</param>
/// <param name="Lateness">How much later than due requests were sent: the generator's own, or no connection was free.</param>
internal sealed record PhaseResult(
    double Seconds,
    long Requests,
    long Acknowledged,
    long AcknowledgedChecksum,
    long Refused,
    long Partial,
    long Failed,
    string? FirstFailure,
    Percentiles Latency,
    Percentiles Lateness);
