namespace DataProcessor.Load.Conducting;

/// <summary>A column of a table: one figure, or a few that belong together.</summary>
/// <param name="Title">With the unit.</param>
/// <param name="Figures">Shown with a stroke between them.</param>
internal sealed record Column(string Title, params Figure[] Figures)
{
    public static readonly Column Latency = new("p50 / p99 ms", Figure.P50, Figure.P99);
    public static readonly Column Floor = new("floor (×)", Figure.Floor, Figure.TimesFloor);
    public static readonly Column Collections = new("GCs of gen 0 / 1 / 2, pause %", Figure.Gen0, Figure.Gen1, Figure.Gen2, Figure.PausePercent);
    public static readonly Column Packing = new("records/Kinesis record, /PutRecords", Figure.RecordsPerKinesisRecord, Figure.RecordsPerPutCall);
    public static readonly Column Answers = new("requests / 429s / 207s", Figure.Requests, Figure.Refused, Figure.Partial);
    public static readonly Column OtherCores = new("cores of Kinesis / generator", Figure.KinesisCores, Figure.GeneratorCores);

    public static implicit operator Column(Figure figure) => new(figure.Title, figure);
}
