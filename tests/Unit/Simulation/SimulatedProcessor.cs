namespace DataProcessor.Unit.Simulation;

/// <summary>The user's code: takes its time, fails, and says more or less of what it has handled.</summary>
internal sealed class SimulatedProcessor(SimulatedWorld world, string reader) : IRecordProcessor
{
    private const int MostWorkMs = 60;

    public async ValueTask ProcessAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            if (world.Happens(world.Scenario.SlowRecords))
            {
                await world.PassUpTo(MostWorkMs, CancellationToken.None);
            }

            if (world.Happens(world.ProcessorFaults))
            {
                Fail(batch, i);
            }

            if (cancellationToken.IsCancellationRequested)
            {
                Complete(batch, i - 1);
                throw new OperationCanceledException(cancellationToken);
            }

            var record = batch[i];
            var (key, number) = Parcel.Read(record);
            world.Process(reader, new(batch.ShardId, record.Position), key, number);
            if (world.Happens(0.2))
            {
                Complete(batch, i);
            }
        }

        Note(batch, batch.Count - 1);
    }

    private void Fail(RecordBatch batch, int index)
    {
        world.Totals[Seen.ProcessorFailures]++;
        if (world.Happens(0.5))
        {
            Note(batch, index - 1);
            throw new RecordFailedException(index, "this one");
        }

        if (world.Scenario.IsCalm)
        {
            Complete(batch, index - 1); // It would else ask for repetitions.
        }

        throw new InvalidOperationException("somewhere");
    }

    private void Complete(RecordBatch batch, int index)
    {
        if (index >= 0)
        {
            batch.Done(index);
            Note(batch, index);
        }
    }

    private void Note(RecordBatch batch, int index)
    {
        if (index >= 0)
        {
            world.History.Add(new Completed(reader, new(batch.ShardId, batch[index].Position)));
        }
    }
}
