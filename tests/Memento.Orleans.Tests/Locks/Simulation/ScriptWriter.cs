using Memento.Locks;

namespace Memento.Tests.Locks.Simulation;

/// <summary>
/// Writes the scripts of a schedule, as a partition would lock for real operations.
/// </summary>
internal sealed class ScriptWriter(
    SeededRandom random, int partitions, int keys, bool hasPointsAndRangesOnly)
{
    // Some schedules lock mostly records, others mostly whole partitions.
    private readonly int _recordShare = random.Between(1, 9);

    // Others have mostly ranges, or none.
    private readonly int _rangeShare = random.OneIn(3) ? 0 : random.Between(1, 9);

    public SimulatedStep[][][] Write()
    {
        var lines = new SimulatedStep[random.Between(1, 2)][][];
        for (int line = 0; line < lines.Length; line++)
        {
            var calls = new SimulatedStep[random.OneIn(3) ? random.Between(2, 3) : 1][];
            for (int call = 0; call < calls.Length; call++)
                calls[call] = Call();
            lines[line] = calls;
        }

        return lines;
    }

    private SimulatedStep[] Call()
    {
        int partition = random.Below(partitions);
        if (hasPointsAndRangesOnly) return WithoutIntentions();
        if (random.Below(10) < _rangeShare) return OnRange(partition);
        return random.Below(10) < _recordShare ? OnRecord(partition) : OnPartition(partition);
    }

    private SimulatedStep[] OnRecord(int partition)
    {
        int record = Key(space: 0);
        SimulatedStep intendRead = new(partition, 0, LockKind.IntentionRead);
        SimulatedStep intendWrite = new(partition, 0, LockKind.IntentionWrite);
        SimulatedStep read = new(partition, record, LockKind.Read);
        SimulatedStep write = new(partition, record, LockKind.Write);
        switch (random.Below(5))
        {
            case 4:
                return
                [
                    intendWrite with { IsAtOnce = true },
                    write with { IsAtOnce = true },
                    new(partition, Key(space: 0), LockKind.Write) { IsAtOnce = true },
                ];
            case 0:
                return [intendRead, read];
            case 1:
                return [intendWrite, write];
            case 2:
                return [intendRead, read, intendWrite, write];
            default:
                int other = random.Below(partitions);
                return
                [
                    intendWrite,
                    write,
                    new(other, 0, LockKind.IntentionWrite),
                    new(other, Key(space: 1), LockKind.Write),
                ];
        }
    }

    private SimulatedStep[] OnRange(int partition)
    {
        int space = random.Below(SimulatedResource.Spaces);
        SimulatedStep intendRead = new(partition, 0, LockKind.IntentionRead);
        SimulatedStep intendWrite = new(partition, 0, LockKind.IntentionWrite);
        SimulatedStep read = new(partition, Range(space), LockKind.Read);
        SimulatedStep write = new(partition, Key(space), LockKind.Write);
        return random.Below(6) switch
        {
            0 => [intendRead, read],
            1 => [intendRead, read, new(partition, Range(space), LockKind.Read)],
            2 => [intendRead, read, intendWrite, write],
            3 => [intendWrite, write, read],
            4 => [intendWrite, write, new(partition, Key(space), LockKind.Write)],
            _ => [intendRead, new(partition, Key(space), LockKind.Read), intendWrite, write, read],
        };
    }

    /// <summary>
    /// Locks of one space: queues are longest if no request is refused because of the partition.
    /// </summary>
    private SimulatedStep[] WithoutIntentions()
    {
        SimulatedStep read = new(0, Key(space: 1), LockKind.Read);
        SimulatedStep write = new(0, Key(space: 1), LockKind.Write);
        SimulatedStep range = new(0, Range(space: 1), LockKind.Read);
        return random.Below(6) switch
        {
            0 => [write],
            1 => [read, write],
            2 => [range],
            3 => [range, write],
            4 => [write, range],
            _ => [write, new(0, Key(space: 1), LockKind.Write), range],
        };
    }

    private SimulatedStep[] OnPartition(int partition)
    {
        SimulatedStep read = new(partition, 0, LockKind.Read);
        SimulatedStep write = new(partition, 0, LockKind.Write);
        return random.Below(5) switch
        {
            0 => [read],
            1 => [write],
            2 => [new(partition, 0, LockKind.Read | LockKind.IntentionWrite)],
            3 => [read, write],
            _ =>
            [
                read,
                new(partition, 0, LockKind.IntentionWrite),
                new(partition, Key(space: 0), LockKind.Write),
            ],
        };
    }

    private int Key(int space) => SimulatedResource.PointOf(space, random.Below(keys));

    private int Range(int space)
        => SimulatedResource.RangeOf(space, random.Below(SimulatedResource.RangeCount));
}
