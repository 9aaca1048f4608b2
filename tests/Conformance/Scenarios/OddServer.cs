namespace DataProcessor.Conformance.Scenarios;

[Flags]
internal enum OddServer
{
    None = 0,
    KinesisLocal = 1,
    Kinesalite = 2,
    Both = KinesisLocal | Kinesalite,
}
