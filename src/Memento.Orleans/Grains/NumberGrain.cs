using Memento.Messages;
using Memento.Tables;
using Orleans.Concurrency;

namespace Memento.Grains;

/// <summary>One in each silo that clients ask.</summary>
[StatelessWorker(1)]
[Reentrant]
internal sealed class NumberGrain(Numbers numbers, TableRegistry tables) : Grain, INumberGrain
{
    public async Task<long> NextAsync()
    {
        TableDefinition table = tables.Get(this.GetPrimaryKeyString());
        return await numbers.NextAsync(table.Name, table.PartitionCount);
    }
}
