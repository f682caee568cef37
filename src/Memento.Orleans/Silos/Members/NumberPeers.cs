using Memento.Messages;
using Memento.Numbering;

namespace Memento.Silos.Members;

/// <summary>The silos of the cluster with their blocks of numbers, by messages.</summary>
internal sealed class NumberPeers(AllSilos silos) : INumberPeers
{
    public Task ShowAsync(HighNumber number)
        => silos.CallAsync(silo => silo.ShowNumberAsync(number));
}
