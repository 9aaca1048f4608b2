namespace DataProcessor.Grains.Producing;

/// <summary>How the order of a key's records is kept from one Kinesis record to the next.</summary>
public enum Ordering
{
    /// <summary>
    /// A lane sends its next record when the one before is answered. Kinesis numbers records by their arrival, roughly:
    /// each returned number is compared with the lane's last; an inversion is counted and warned of.
    /// </summary>
    Arrival,

    /// <summary>
    /// Kinesis is told the number before, so that the next one is higher (SequenceNumberForOrdering). Only PutRecord can
    /// do that: a call for each Kinesis record.
    /// </summary>
    Strict,
}
