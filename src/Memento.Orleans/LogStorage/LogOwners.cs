namespace Memento.LogStorage;

/// <summary>Which silo owns which partition, as the log says it up to a place.</summary>
internal sealed class LogOwners(
    IReadOnlyDictionary<(string Table, int Partition), LogOwner> owners)
{
    private readonly Dictionary<(string Table, int Partition), LogOwner> _owners = new(owners);

    /// <summary>The silos that own something.</summary>
    public IEnumerable<Guid> All => _owners.Values.Select(static each => each.Owner).Distinct();

    public Dictionary<(string Table, int Partition), LogOwner> Copy() => new(_owners);

    /// <summary>
    /// Makes a silo the owner under the newest number. The owner that stands in its way otherwise.
    /// </summary>
    public object? Claim(ClaimChange claim)
    {
        var partition = (claim.Table, claim.Partition);
        if (_owners.TryGetValue(partition, out LogOwner standing)
            && standing.Owner != claim.Owner && standing.Owner != claim.Ended)
        {
            return standing.Owner;
        }

        _owners[partition] = new LogOwner(claim.Owner, claim.Epoch);
        return null;
    }

    public void Release(ReleaseChange release)
    {
        if (release.Owned is { } owned)
        {
            var partition = (owned.Table, owned.Partition);
            if (_owners.GetValueOrDefault(partition) == new LogOwner(release.Owner, owned.Epoch))
                _owners.Remove(partition);
            return;
        }

        foreach (var partition in _owners.Where(each => each.Value.Owner == release.Owner)
            .Select(static each => each.Key).ToArray())
        {
            _owners.Remove(partition);
        }
    }
}
