using Memento.Messages;
using Memento.Tables;
using Orleans.Concurrency;

namespace Memento.Numbering;

/// <summary>One in each silo that clients ask.</summary>
[StatelessWorker(1)]
[Reentrant]
internal sealed class NumberGrain(Numbers numbers, TableRegistry tables) : Grain, INumberGrain
{
    public async Task<long> NextAsync()
        => await numbers.NextAsync(tables.Get(this.GetPrimaryKeyString()));
}
