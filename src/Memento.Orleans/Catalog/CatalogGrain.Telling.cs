using Memento.Messages;
using Memento.Tables;

namespace Memento.Catalog;

/// <content>What all silos know of the catalog.</content>
internal sealed partial class CatalogGrain
{
    /// <summary>
    /// The silos that have read the catalog, so that they may have partitions of all tables.
    /// </summary>
    private readonly HashSet<SiloAddress> _users = [];

    /// <summary>
    /// The indexes that partitions have, where the catalog has others: while one is added or
    /// removed.
    /// </summary>
    private readonly Dictionary<string, IReadOnlyList<IndexSchema>> _used = [];

    private CatalogImage _told = new(Version: 0, []);

    public Task<CatalogImage> ReadAsync(SiloAddress silo)
    {
        _users.RemoveWhere(peers.IsDead);
        _users.Add(silo);
        return Task.FromResult(_told);
    }

    public async Task UseIndexesAsync(string name, List<IndexSchema> indexes)
    {
        CatalogEntry entry = Find(name) ?? throw NotFound(name);
        IReadOnlyList<IndexSchema> before = UsedBy(entry);
        _used[name] = indexes;
        IReadOnlyList<string> problems = await TellAsync();
        if (problems.Count == 0) return;

        _used[name] = before;
        await TellAsync();
        throw new MementoException(string.Join(' ', problems));
    }

    private IReadOnlyList<IndexSchema> UsedBy(CatalogEntry entry)
        => _used.GetValueOrDefault(entry.Schema.Name) ?? entry.Schema.Indexes;

    /// <summary>Learns what an earlier activation told, and where.</summary>
    private async Task LearnFromPeersAsync()
    {
        foreach ((SiloAddress silo, CatalogImage? image) in await peers.AskAsync())
        {
            if (image is null) continue;

            _users.Add(silo);
            if (image.Version > _told.Version) _told = image;
        }

        foreach (KnownTable known in _told.Tables)
        {
            if (!known.IsBeingDeleted && Find(known.Name) is not null)
                _used[known.Name] = known.Indexes;
        }
    }

    /// <summary>Tells all silos of a change; ends when each knows it.</summary>
    private async Task<IReadOnlyList<string>> TellAsync(string? inDoubt = null)
    {
        foreach (CatalogEntry entry in state.State.Tables.Values)
        {
            if (_used.TryGetValue(entry.Schema.Name, out IReadOnlyList<IndexSchema>? used)
                && used.ToHashSet().SetEquals(entry.Schema.Indexes))
            {
                _used.Remove(entry.Schema.Name);
            }
        }

        _told = _told.Next(
            [
                .. state.State.Tables.Values.Select(entry => new KnownTable(
                    entry.Schema.Name,
                    entry.IsBeingDeleted,
                    entry.HasUnreadable,
                    UsedBy(entry))
                {
                    HasPrepared = entry.HasPrepared,
                    Made = entry.Made,
                    IsInDoubt = entry.Schema.Name == inDoubt,
                }),
            ],
            time) with
        {
            HasDecisions = state.State.HasDecisions,
        };
        return await peers.TellAsync(_told);
    }
}
