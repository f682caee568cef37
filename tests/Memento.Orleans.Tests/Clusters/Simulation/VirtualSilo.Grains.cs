using Memento.Tests.Clusters.Simulation.Grains;

namespace Memento.Tests.Clusters.Simulation;

/// <content>The grains with transactional states that are active in a silo.</content>
internal sealed partial class VirtualSilo
{
    private readonly Dictionary<int, VirtualGrain> _grains = [];

    public VirtualGrain? FindGrain(int number) => _grains.GetValueOrDefault(number);

    /// <summary>The activation of a grain; null: its state could not be read.</summary>
    public async Task<VirtualGrain?> ActivateAsync(int number)
    {
        if (!_grains.TryGetValue(number, out VirtualGrain? grain))
        {
            // The directory has one place for it.
            if (IsLeaving || !Here.Equals(All.Grains!.Locate(number))) return null;
            _grains[number] = grain = new VirtualGrain(this, All.Grains[number]);
        }

        if (await grain.ActivateAsync()) return grain.IsEnded ? null : grain;
        grain.End();
        return null;
    }

    public void Forget(VirtualGrain grain)
    {
        if (_grains.GetValueOrDefault(grain.Number) == grain) _grains.Remove(grain.Number);
    }
}
