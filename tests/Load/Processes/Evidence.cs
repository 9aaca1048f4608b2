using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Processes;

/// <summary>Holds what was acknowledged against what the processors got.</summary>
internal sealed class Evidence
{
    private long _acknowledged;
    private long _checksum;
    private long _failedRequests;
    private long _partialRequests;
    private string? _firstFailure;

    public void Add(PhaseResult load)
    {
        _acknowledged += load.Acknowledged;
        _checksum += load.AcknowledgedChecksum;
        _failedRequests += load.Failed;
        _partialRequests += load.Partial;
        _firstFailure ??= load.FirstFailure;
    }

    /// <summary>Whether as many records came as were acknowledged.</summary>
    public bool IsHandled(HostReport[] reports) => reports.Sum(report => report.Records) >= _acknowledged;

    /// <summary>Null if the records are the same, whole and in order, and no request failed.</summary>
    /// <param name="reports">Of all silos.</param>
    /// <param name="partialAllowed">Whether requests may be stored in part: more is offered than can be taken.</param>
    public string? ProblemOf(HostReport[] reports, bool partialAllowed = false)
    {
        // Checksums overflow, which Sum would not let them.
        var checksum = reports.Aggregate(0L, (sum, report) => sum + report.Checksum);
        var records = reports.Sum(report => report.Records);
        var (outOfOrder, damaged) = (reports.Sum(report => report.OutOfOrder), reports.Sum(report => report.Damaged));

        // Which records of a request were stored that failed, is not known.
        var isExact = _failedRequests + _partialRequests == 0;
        string?[] problems =
        [
            _failedRequests > 0 ? $"{_failedRequests} requests failed ({_firstFailure})" : null,
            _partialRequests > 0 && !partialAllowed ? $"{_partialRequests} requests were stored in part ({_firstFailure})" : null,
            records < _acknowledged ? $"{_acknowledged - records} acknowledged records were not processed" : null,

            isExact && records > _acknowledged ? $"{records - _acknowledged} records were processed twice or never acknowledged" : null,
            isExact && records == _acknowledged && checksum != _checksum ? "other records were processed than were acknowledged" : null,
            outOfOrder > 0 ? $"{outOfOrder} records came out of their key's order" : null,
            damaged > 0 ? $"{damaged} records were damaged" : null,
        ];
        return problems.OfType<string>().ToArray() is { Length: > 0 } found ? string.Join("; ", found) : null;
    }
}
