using System.Collections.ObjectModel;

namespace Memento.Tests.Queries;

/// <summary>A collection that contains what it does not hold.</summary>
internal sealed class OddList : Collection<int>, ICollection<int>
{
    public new bool Contains(int item) => item % 2 != 0;
}
