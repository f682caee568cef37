using System.Collections.ObjectModel;

namespace Memento.Tests.Queries;

/// <summary>A collection whose Contains finds items that it does not have.</summary>
internal sealed class OddList : Collection<int>, ICollection<int>
{
    public new bool Contains(int item) => item % 2 != 0;
}
